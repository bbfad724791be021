using BudgetEngine.Ledger.Sql.Postgres;
using BudgetEngine.Ledger.Tests.Harness;
using Xunit.Abstractions;

namespace BudgetEngine.Ledger.Tests.Postgres;

/// <summary>Membership of the cluster in PostgreSQL: of changes that saw the same version one takes effect, whatever comes at once.</summary>
[NeedsPostgres]
[Collection(PostgresCollection.Name)]
public sealed class OrleansMembershipTests(PostgresFixture fixture, ITestOutputHelper output) : LedgerConformance(new PostgresHost(fixture.Server), output)
{
    private const string Cluster = "c";
    private const int Active = 3;
    private const int Dead = 6;
    private static readonly DateTime _start = new(2026, 3, 1, 12, 0, 0, DateTimeKind.Utc);

    private OrleansStatements Statements => field ??= new OrleansStatements(OrleansTables.ConnectionString(Host.Options));

    [LedgerFact]
    public async Task Version_IsMadeOnceByWhoeverComesFirst()
    {
        var created = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Statements.IsTrueAsync("InsertMembershipVersionKey", ("DeploymentId", Cluster))));

        Assert.Equal(1, created.Count(c => c));
        Assert.Equal(0, await VersionAsync());
    }

    [LedgerFact]
    public async Task Insert_ByManyWhoSawTheSameVersion_TakesEffectForOne()
    {
        await CreateAsync();
        for (var version = 0; version < 10; version++)
        {
            var seen = version;
            var inserted = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => InsertAsync(port: 100 * seen + i, seen)));

            Assert.Equal(1, inserted.Count(i => i));
            Assert.Equal((seen + 1, seen + 1), (await VersionAsync(), (await AllAsync()).Count));
        }
    }

    [LedgerFact]
    public async Task Update_ByManyWhoSawTheSameVersion_TakesEffectForOne()
    {
        await CreateAsync();
        await InsertAsync(1, 0);
        await InsertAsync(2, 1);
        for (var version = 2; version < 12; version++)
        {
            var seen = version;
            var updated = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => UpdateAsync(port: 1 + i % 2, seen, Active, suspects: $"by {i}")));

            Assert.Equal(1, updated.Count(u => u));
            var winner = Array.IndexOf(updated, true);
            Assert.Equal(seen + 1, await VersionAsync());
            Assert.Contains(await AllAsync(), r => (string?)r["SuspectTimes"] == $"by {winner}");
        }
    }

    [LedgerFact]
    public async Task Change_OfASiloThatIsThereOrNot_RaisesNoVersionWhenItFails()
    {
        await CreateAsync();
        Assert.True(await InsertAsync(1, 0));

        Assert.False(await InsertAsync(1, 1));
        Assert.False(await UpdateAsync(2, 1, Dead, null));
        Assert.False(await UpdateAsync(1, 0, Dead, null));

        Assert.Equal(1, await VersionAsync());
    }

    [LedgerFact]
    public async Task SignOfLife_IsSeenAndRaisesNoVersion()
    {
        await CreateAsync();
        await InsertAsync(1, 0);

        await Statements.RowsAsync("UpdateIAmAlivetimeKey", [.. Silo(1), ("IAmAliveTime", _start.AddMinutes(5))]);

        var row = Assert.Single(await AllAsync());
        Assert.Equal((1, _start.AddMinutes(5), _start), (row["Version"], row["IAmAliveTime"], row["StartTime"]));
    }

    [LedgerFact]
    public async Task Read_OfASilo_HasEveryColumn_AndOfNoneTheVersionAlone()
    {
        await CreateAsync();
        await InsertAsync(7, 0);

        var row = Assert.Single(await Statements.RowsAsync("MembershipReadRowKey", Silo(7)));
        string[] columns = ["Version", "Address", "Port", "Generation", "SiloName", "HostName", "Status", "ProxyPort", "SuspectTimes", "StartTime", "IAmAliveTime"];
        Assert.Equal([1, "127.0.0.1", 7, 9, "silo7", "host", Active, 1007, null, _start, _start], columns.Select(c => row[c]));
        var none = Assert.Single(await Statements.RowsAsync("MembershipReadRowKey", Silo(8)));
        Assert.Equal((1, null), (none["Version"], none["StartTime"]));
    }

    [LedgerFact]
    public async Task Gateways_AreThoseOfActiveSilosThatHaveOne()
    {
        await CreateAsync();
        await InsertAsync(1, 0);
        await InsertAsync(2, 1);
        await InsertAsync(3, 2, gateway: 0);
        await UpdateAsync(2, 3, Dead, null);

        var gateways = await Statements.RowsAsync("GatewaysQueryKey", ("DeploymentId", Cluster), ("Status", Active));

        var gateway = Assert.Single(gateways);
        Assert.Equal(("127.0.0.1", 1001, 9), (gateway["Address"], gateway["ProxyPort"], gateway["Generation"]));
    }

    [LedgerFact]
    public async Task Cleanup_RemovesTheDeadThatWereSilentLongOnly()
    {
        await CreateAsync();
        for (var port = 1; port <= 3; port++) await InsertAsync(port, port - 1);
        await UpdateAsync(1, 3, Dead, null);
        await UpdateAsync(2, 4, Dead, null, alive: _start.AddHours(1));

        await Statements.RowsAsync("CleanupDefunctSiloEntriesKey", ("DeploymentId", Cluster), ("IAmAliveTime", _start.AddMinutes(1)));

        Assert.Equal([2, 3], (await AllAsync()).Select(r => (int)r["Port"]!).Order());
        await Statements.RowsAsync("DeleteMembershipTableEntriesKey", ("DeploymentId", Cluster));
        Assert.Empty(await Statements.RowsAsync("MembershipReadAllKey", ("DeploymentId", Cluster)));
    }

    private Task CreateAsync() => Statements.IsTrueAsync("InsertMembershipVersionKey", ("DeploymentId", Cluster));

    private Task<bool> InsertAsync(int port, int version, int? gateway = null) => Statements.IsTrueAsync(
        "InsertMembershipKey",
        [
            .. Silo(port), ("SiloName", $"silo{port}"), ("HostName", "host"), ("Status", Active), ("ProxyPort", gateway ?? 1000 + port), ("StartTime", _start), ("IAmAliveTime", _start),
            ("Version", version),
        ]);

    private Task<bool> UpdateAsync(int port, int version, int status, string? suspects, DateTime? alive = null) => Statements.IsTrueAsync(
        "UpdateMembershipKey", [.. Silo(port), ("Status", status), ("SuspectTimes", suspects), ("IAmAliveTime", alive ?? _start), ("Version", version)]);

    private static (string, object?)[] Silo(int port) => [("DeploymentId", Cluster), ("Address", "127.0.0.1"), ("Port", port), ("Generation", 9)];

    private Task<List<Dictionary<string, object?>>> AllAsync() => Statements.RowsAsync("MembershipReadAllKey", ("DeploymentId", Cluster));

    private async Task<int> VersionAsync() => (int)(await AllAsync())[0]["Version"]!;
}
