using Xunit.Abstractions;

namespace BudgetEngine.Ledger.Tests;

/// <summary>Opening: migrations, locks, epochs.</summary>
public abstract class SchemaSuite(LedgerHost host, ITestOutputHelper output) : LedgerConformance(host, output)
{
    public override Task InitializeAsync() => Task.CompletedTask;

    [LedgerFact]
    public async Task Open_AnEmptyDatabase_MigratesAndRaisesTheEpoch()
    {
        Assert.Equal(1, await Store.OpenAsync(migrate: true, exclusive: false, None));
        Assert.Equal(2, await Host.NewStore().OpenAsync(migrate: true, exclusive: false, None));
        Assert.Equal(3, await Host.NewStore().OpenAsync(migrate: false, exclusive: false, None));
        Assert.Equal(Embedded.Count, await Host.NumberAsync("select count(*) from migrations where length(hash) = 64"));
    }

    [LedgerFact]
    public async Task Open_WithoutMigrating_RefusesAnEmptyDatabaseAndSaysWhatToDo()
    {
        var error = await Assert.ThrowsAsync<LedgerSchemaException>(() => Store.OpenAsync(migrate: false, exclusive: false, None));

        Assert.Contains("0001_ledger", error.Message, StringComparison.Ordinal);
        Assert.Contains("migrate", error.Message, StringComparison.Ordinal);
    }

    [LedgerFact]
    public async Task Open_WithAMigrationMissing_RefusesUnlessItMayMigrate()
    {
        await Store.OpenAsync(migrate: true, exclusive: false, None);
        var next = Host.NewStore([.. Embedded, new Migration("0002_next", "create table next_things (id bigint not null); insert into next_things (id) values (7)")]);

        var error = await Assert.ThrowsAsync<LedgerSchemaException>(() => next.OpenAsync(migrate: false, exclusive: false, None));
        Assert.Contains("0002_next", error.Message, StringComparison.Ordinal);
        await next.OpenAsync(migrate: true, exclusive: false, None);
        Assert.Equal(7, await Host.NumberAsync("select id from next_things"));

        var older = await Assert.ThrowsAsync<LedgerSchemaException>(() => Host.NewStore().OpenAsync(migrate: true, exclusive: false, None));
        Assert.Contains("newer than the program", older.Message, StringComparison.Ordinal);
    }

    [LedgerFact]
    public async Task Open_ALedgerOfTheFirstMigration_KeepsItsLeasesAndEpochs()
    {
        await Host.NewStore([Embedded[0]]).OpenAsync(migrate: true, exclusive: false, None);
        var now = Host.Options.Postgres is null ? $"{(DateTimeOffset.UtcNow - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond}" : "clock_timestamp()";
        await Host.ExecuteAsync($"insert into leases (process, epoch, renewed_at) values ('old', 1, {Host.Later(now, TimeSpan.FromHours(1))})");
        await Host.ExecuteAsync($"insert into node_epochs (cost_center, epoch, process, registered_at) values ('acme', 7, 'old', {now}), ('free', 3, 'gone', {now})");

        await Store.OpenAsync(migrate: true, exclusive: false, None);

        var states = await Store.RegisterAsync(["acme", "free"], Today, Now, "new#2", None);
        Assert.Equal([(8, true), (4, false)], states.Select(s => (s.Epoch, s.Wait > TimeSpan.Zero)));
        Assert.Equal([new NodeEpoch("acme", 8)], (await Store.RenewLeaseAsync(Renewal("old"), None)).TakenOver);
    }

    [LedgerFact]
    public async Task Open_WithAChangedMigration_Refuses()
    {
        await Store.OpenAsync(migrate: true, exclusive: false, None);
        var changed = Host.NewStore([Embedded[0] with { Sql = Embedded[0].Sql + "\n-- edited" }, .. Embedded.Skip(1)]);

        var error = await Assert.ThrowsAsync<LedgerSchemaException>(() => changed.OpenAsync(migrate: true, exclusive: false, None));
        Assert.Contains("0001_ledger", error.Message, StringComparison.Ordinal);
    }

    [LedgerFact]
    public async Task Open_WithAMigrationThatFails_LeavesNothingOfIt()
    {
        await Store.OpenAsync(migrate: true, exclusive: false, None);
        var broken = Host.NewStore([.. Embedded, new Migration("0002_good", "create table good (id bigint)"), new Migration("0003_bad", "create tabel bad (id bigint)")]);

        await Assert.ThrowsAnyAsync<Exception>(() => broken.OpenAsync(migrate: true, exclusive: false, None));

        Assert.Equal(Embedded.Count, await Host.NumberAsync("select count(*) from migrations"));
        await Host.NewStore().OpenAsync(migrate: false, exclusive: false, None);
    }

    [LedgerFact]
    public async Task Open_ByManyAtOnce_MigratesOnce()
    {
        var stores = Enumerable.Range(0, Host.SeveralProcesses ? 4 : 1).Select(_ => Host.NewStore()).ToArray();

        var epochs = await Task.WhenAll(stores.Select(s => Task.Run(() => s.OpenAsync(migrate: true, exclusive: false, None))));

        Assert.Equal(epochs.Length, epochs.Distinct().Count());
    }

    [LedgerFact]
    public async Task Open_Exclusive_LocksOutASecondUntilTheFirstIsGone()
    {
        var first = Host.NewStore();
        await first.OpenAsync(migrate: true, exclusive: true, None);
        await first.RenewLeaseAsync(Renewal("p"), None);
        var second = Host.NewStore();

        var error = await Assert.ThrowsAsync<LedgerLockedException>(() => second.OpenAsync(migrate: true, exclusive: true, None));
        Assert.Contains("Another process", error.Message, StringComparison.Ordinal);
        await Host.NewStore().OpenAsync(migrate: false, exclusive: false, None);

        await first.DisposeAsync();
        Assert.Equal(3, await second.OpenAsync(migrate: true, exclusive: true, None));
    }

    [LedgerFact]
    public async Task Description_NeverHoldsASecret()
    {
        await using var postgres = LedgerStores.Create(new LedgerOptions { Postgres = "Host=db;Username=me;Password=s3cret;Database=x" });
        Assert.Equal("PostgreSQL db:5432/x", postgres.Description);
        await using var sqlite = LedgerStores.Create(new LedgerOptions { DataDirectory = "/d" });
        Assert.Equal("SQLite /d/ledger.db", sqlite.Description);
    }

    private IReadOnlyList<Migration> Embedded => Migration.Embedded(Host.Options.Postgres is null ? "Sqlite" : "Postgres");
}
