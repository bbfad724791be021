using System.Buffers;
using System.Text;
using BudgetEngine.Api.Usage;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Load.Limit;
using BudgetEngine.Load.Loads;
using BudgetEngine.Load.Rivals;
using BudgetEngine.TestKit.Facts;
using BudgetEngine.TestKit.Machine;

namespace BudgetEngine.Load.Tests.Limit;

/// <summary>The limit must do what its rows promise, or it is no limit: every record durable once, balances of all nodes exact.</summary>
public sealed class LimitStoreTests
{
    private const string Leaf = "load/dept-00/leaf-000";
    private const string OtherLeaf = "load/dept-01/leaf-001";
    private const string OtherTenant = "wide/dept-00/leaf-000";

    [Fact]
    public async Task Commit_RepeatsInSqlite_AreDuplicates()
    {
        var folder = Directory.CreateTempSubdirectory("budget-limit-").FullName;
        try
        {
            using var store = await SqliteLimit.OpenAsync(folder);
            Commit_Repeats_AreDuplicates(store);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [PostgresFact]
    public async Task Commit_RepeatsInPostgres_AreDuplicates()
    {
        using var server = PostgresServer.Start(fsync: false);
        using var store = await PostgresLimit.OpenAsync(server.CreateDatabase("limit"));
        Commit_Repeats_AreDuplicates(store);
    }

    private static void Commit_Repeats_AreDuplicates(ILimitStore store)
    {
        Assert.Equal(new Totals(0, 0, 0), store.Totals());

        Assert.Equal([true, true], store.Commit([Record(Leaf, "a"), Record(OtherLeaf, "b")]));
        Assert.Equal([false, true, false], store.Commit([Record(Leaf, "a"), Record(Leaf, "c"), Record(Leaf, "c")]));
        Assert.Equal([false, false], store.Commit([Record(Leaf, "a"), Record(OtherLeaf, "b")]));
        // An id belongs to its tenant.
        Assert.Equal([true], store.Commit([Record(OtherTenant, "a")]));

        // Totals themselves hold the balances of every level against the rows.
        Assert.Equal(new Totals(4 * RivalAmounts.Cost, 0, 4), store.Totals());
    }

    private static LimitRecord Record(string costCenter, string requestId)
    {
        var json = Encoding.UTF8.GetBytes(Bodies.Usage(costCenter, requestId));
        return new LimitRecord(costCenter, new RivalRecord(UsageJson.Read(new ReadOnlySequence<byte>(json), Resolution.Nano), json));
    }
}
