using System.Text;
using BudgetEngine.Ledger.Sql.Postgres;
using BudgetEngine.Ledger.Tests.Harness;
using Xunit.Abstractions;

namespace BudgetEngine.Ledger.Tests.Postgres;

/// <summary>States of grains in PostgreSQL: a write names the version that it has read, and of two only one takes effect.</summary>
[NeedsPostgres]
[Collection(PostgresCollection.Name)]
public sealed class OrleansGrainStateTests(PostgresFixture fixture, ITestOutputHelper output) : LedgerConformance(new PostgresHost(fixture.Server), output)
{
    private OrleansStatements Statements => field ??= new OrleansStatements(OrleansTables.ConnectionString(Host.Options));

    [LedgerFact]
    public async Task Write_ThenRead_GivesWhatWasWritten()
    {
        Assert.Empty(await ReadAsync("a"));
        Assert.Equal(1, await WriteAsync("a", null, "one"));
        Assert.Equal(2, await WriteAsync("a", 1, "two"));

        Assert.Equal(("two", 2), Assert.Single(await ReadAsync("a")));
        Assert.Empty(await ReadAsync("b"));
    }

    [LedgerFact]
    public async Task Write_OfAnOldVersion_AnswersNullAndChangesNothing()
    {
        await WriteAsync("a", null, "one");
        await WriteAsync("a", 1, "two");

        Assert.Null(await WriteAsync("a", 1, "late"));
        Assert.Null(await WriteAsync("a", null, "second first"));

        Assert.Equal(("two", 2), Assert.Single(await ReadAsync("a")));
    }

    [LedgerFact]
    public async Task Write_ByManyAtOnce_TakesEffectForOne()
    {
        for (var round = 0; round < 5; round++)
        {
            var key = $"k{round}";
            var first = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => WriteAsync(key, null, $"{i}")));
            Assert.Equal(1, Assert.Single(first, version => version is not null));

            var second = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => WriteAsync(key, 1, $"{i}")));
            Assert.Equal(2, Assert.Single(second, version => version is not null));
            Assert.Equal($"{Array.IndexOf(second, 2)}", Assert.Single(await ReadAsync(key)).Text);
        }
    }

    [LedgerFact]
    public async Task Clear_KeepsTheVersion_SoThatAnEarlierWriterDoesNotFitAgain()
    {
        await WriteAsync("a", null, "one");
        Assert.Null(await ClearAsync("ClearStorageKey", "a", 7));
        Assert.Equal(2, await ClearAsync("ClearStorageKey", "a", 1));

        Assert.Equal((null, 2), Assert.Single(await ReadAsync("a")));
        Assert.Null(await WriteAsync("a", 1, "late"));
        Assert.Equal(3, await WriteAsync("a", 2, "again"));

        Assert.Equal(4, await ClearAsync("DeleteStorageKey", "a", 3));
        Assert.Empty(await ReadAsync("a"));
    }

    private async Task<List<(string? Text, int Version)>> ReadAsync(string key) =>
        [.. (await Statements.RowsAsync("ReadFromStorageKey", Grain(key))).Select(r => (r["PayloadBinary"] is byte[] bytes ? Encoding.UTF8.GetString(bytes) : null, (int)r["Version"]!))];

    private Task<int?> WriteAsync(string key, int? version, string text) =>
        Statements.NumberAsync("WriteToStorageKey", [.. Grain(key), ("GrainStateVersion", version), ("PayloadBinary", Encoding.UTF8.GetBytes(text))]);

    private Task<int?> ClearAsync(string statement, string key, int? version) => Statements.NumberAsync(statement, [.. Grain(key), ("GrainStateVersion", version)]);

    private static (string, object?)[] Grain(string key) =>
    [
        ("GrainIdHash", key.Length), ("GrainIdN0", 0L), ("GrainIdN1", 0L), ("GrainTypeHash", 5), ("GrainTypeString", "channel"), ("GrainIdExtensionString", key), ("ServiceId", "s"),
    ];
}
