using BudgetEngine.Alerts.Evaluation;
using BudgetEngine.Domain.Alerts;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.Prices;
using BudgetEngine.Ledger.Catalogs;
using BudgetEngine.Ledger.Fence;
using BudgetEngine.Ledger.Nodes;
using BudgetEngine.Ledger.Sql;
using BudgetEngine.Ledger.Sql.Storage;
using BudgetEngine.Ledger.Tests.Harness;
using Xunit.Abstractions;

namespace BudgetEngine.Ledger.Tests.Conformance;

/// <summary>Opening: migrations, locks, epochs.</summary>
public abstract class SchemaSuite(LedgerHost host, ITestOutputHelper output) : LedgerConformance(host, output)
{
    public override Task InitializeAsync() => Task.CompletedTask;

    [LedgerFact]
    public async Task Open_AnEmptyDatabase_MigratesAndRaisesTheEpoch()
    {
        Assert.Equal(1, await Store.OpenAsync(migrate: true, LedgerUse.Shared, None));
        Assert.Equal(2, await Host.NewStore().OpenAsync(migrate: true, LedgerUse.Shared, None));
        Assert.Equal(3, await Host.NewStore().OpenAsync(migrate: false, LedgerUse.Shared, None));
        Assert.Equal(Embedded.Count, await Host.NumberAsync("select count(*) from migrations where length(hash) = 64"));
    }

    [LedgerFact]
    public async Task Open_WithoutMigrating_RefusesAnEmptyDatabaseAndSaysWhatToDo()
    {
        var error = await Assert.ThrowsAsync<LedgerSchemaException>(() => Store.OpenAsync(migrate: false, LedgerUse.Shared, None));

        Assert.Contains("0001_ledger", error.Message, StringComparison.Ordinal);
        Assert.Contains("migrate", error.Message, StringComparison.Ordinal);
    }

    [LedgerFact]
    public async Task Open_WithAMigrationMissing_RefusesUnlessItMayMigrate()
    {
        await Store.OpenAsync(migrate: true, LedgerUse.Shared, None);
        var next = Host.NewStore([.. Embedded, new Migration("0002_next", "create table next_things (id bigint not null); insert into next_things (id) values (7)")]);

        var error = await Assert.ThrowsAsync<LedgerSchemaException>(() => next.OpenAsync(migrate: false, LedgerUse.Shared, None));
        Assert.Contains("0002_next", error.Message, StringComparison.Ordinal);
        await next.OpenAsync(migrate: true, LedgerUse.Shared, None);
        Assert.Equal(7, await Host.NumberAsync("select id from next_things"));

        var older = await Assert.ThrowsAsync<LedgerSchemaException>(() => Host.NewStore().OpenAsync(migrate: true, LedgerUse.Shared, None));
        Assert.Contains("newer than the program", older.Message, StringComparison.Ordinal);
    }

    [LedgerFact]
    public async Task Open_ALedgerOfTheFirstMigration_KeepsItsLeasesAndEpochs()
    {
        await Host.NewStore([Embedded[0]]).OpenAsync(migrate: true, LedgerUse.Shared, None);
        var now = Host.Options.Postgres is null ? $"{(DateTimeOffset.UtcNow - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond}" : "clock_timestamp()";
        await Host.ExecuteAsync($"insert into leases (process, epoch, renewed_at) values ('old', 1, {Host.Later(now, TimeSpan.FromHours(1))})");
        await Host.ExecuteAsync($"insert into node_epochs (cost_center, epoch, process, registered_at) values ('acme', 7, 'old', {now}), ('free', 3, 'gone', {now})");

        await Store.OpenAsync(migrate: true, LedgerUse.Shared, None);

        var states = await Store.Nodes.RegisterAsync(["acme", "free"], Today, Now, "new#2", None);
        Assert.Equal([(8, true), (4, false)], states.Select(s => (s.Epoch, s.Wait > TimeSpan.Zero)));
        Assert.Equal([new NodeEpoch("acme", 8)], (await Store.Leases.RenewLeaseAsync(Renewal("old"), None)).TakenOver);
    }

    [LedgerFact]
    public async Task Retention_ForgetsWhoHeldMadeUpCostCenters_AndTheirStampsOnlyGrow()
    {
        await Store.OpenAsync(migrate: true, LedgerUse.Shared, None);
        await Store.Tenants.CreateTenantAsync("acme", Admin, None);
        for (var i = 0; i < 3; i++) await Store.Nodes.RegisterAsync(["acme", "acme/made-up", "acme/in-memory", "acme/young"], Today, Now, i < 2 ? "dead#1" : "alive#2", None);
        await Store.Leases.RenewLeaseAsync(Renewal("alive#2"), None);
        await Store.Nodes.GiveUpAsync([new NodeEpoch("acme/made-up", 3), new NodeEpoch("acme/young", 3), new NodeEpoch("acme", 3)], "alive#2", None);
        await Host.ExecuteAsync($"update node_epochs set registered_at = {Host.Later("registered_at", -TimeSpan.FromMinutes(90))} where cost_center <> 'acme/young'");
        await Store.Housekeeping.RetainAsync(Now.AddDays(-90), 100, None);
        Assert.Equal(4, await Host.CountAsync("node_epochs"));

        await Host.ExecuteAsync($"update node_epochs set registered_at = {Host.Later("registered_at", -TimeSpan.FromMinutes(31))} where cost_center <> 'acme/young'");
        await Store.Housekeeping.RetainAsync(Now.AddDays(-90), 100, None);

        Assert.Equal(3, await Host.CountAsync("node_epochs"));
        Assert.Equal([4, 4], (await Store.Nodes.RegisterAsync(["acme/made-up", "acme"], Today, Now, "new#3", None)).Select(s => (int)s.Epoch));
    }

    [LedgerFact]
    public async Task Open_ALedgerOfBeforeTheAlerts_LooksOnceAtWhatIsReached_AndAtTheEndsOfIncreases()
    {
        var old = Host.NewStore([.. Embedded.Take(2)]);
        await old.OpenAsync(migrate: true, LedgerUse.Shared, None);
        // This program writes columns, and reads a table, of later migrations: they are there while it does, and gone before those migrations add them.
        foreach (var column in new[] { "details", "priced_as" }) await Host.ExecuteAsync($"alter table usage add column {column} text");
        var flag = Host.Options.Postgres is null ? "integer" : "boolean";
        await Host.ExecuteAsync($"create table cost_center_aliases (from_path text, to_path text, keeps_history {flag}, for_checks {flag}, until {(Host.Options.Postgres is null ? "integer" : "timestamptz")})");
        await old.Records.CommitAsync(BatchOf(Row("1", "acme/x", 75, "amy"), Row("2", "acme/y", 60)), None);
        await Host.ExecuteAsync("drop table cost_center_aliases");
        foreach (var column in new[] { "details", "priced_as" }) await Host.ExecuteAsync($"alter table usage drop column {column}");
        var (now, sets) = Host.Options.Postgres is null ? ($"{(Now - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond}", "0") : ($"'{Now:O}'::timestamptz", "false");
        var limited = BudgetDocument.ToJson(Budget.Empty with { Own = new LimitSet(new Limits(new Money(100), null, null, null), Threshold.Defaults, Enforcement.Hard) }, Resolution.Nano);
        foreach (var path in new[] { "acme/x", "acme/y" })
        {
            await Host.ExecuteAsync(
                $"insert into budgets (cost_center, user_name, budget, sets_inherited, version, updated_at, updated_by) values ('{path}', '', '{limited}', {sets}, 1, {now}, 'k')");
        }

        await Host.ExecuteAsync(
            "insert into increases (id, cost_center, user_name, period, amount, until, reason, made_by, made_at) " +
            $"values ('i', 'acme/y', '', 1, -20, {Host.Later(now, TimeSpan.FromHours(1))}, null, 'k', {now}), ('j', 'acme/x', '', 1, 100, {Host.Later(now, TimeSpan.FromHours(2))}, null, 'k', {now})");
        await Host.ExecuteAsync($"insert into model_spend (cost_center, booked_date, model, spent, requests) values ('old', {(Host.Options.Postgres is null ? Today.DayNumber.ToString(System.Globalization.CultureInfo.InvariantCulture) : $"'{Today:yyyy-MM-dd}'")}, 'm', 5, 1)");

        await Store.OpenAsync(migrate: true, LedgerUse.Shared, None);

        async Task<List<string>> SweepAsync(DateTimeOffset at)
        {
            var context = new AlertContext(at, new PolicyBook(await Store.Catalogs.ReadPoliciesAsync(None)), PriceBook.Empty, new Money(10), "USD", Resolution.Nano);
            while ((await Store.Evaluations.SweepAsync([], 10, context, None)).Taken > 0)
            {
            }

            return [.. (await Store.Alerts.ReadAlertsAsync(null, null, null, 10, None)).Select(a => a.Alert).Where(a => a.Type == AlertType.ThresholdReached).Select(a => $"{a.CostCenter} {a.Threshold}")];
        }

        // 60 of 80 with the negative increase; 75 of 200 until the other ends.
        Assert.Equal(["acme/y 0.7"], await SweepAsync(Now));
        Assert.Equal(["acme/x 0.7", "acme/y 0.7"], (await SweepAsync(Now.AddHours(2))).Order());
        Assert.Equal(new ModelUse("m", new Money(5), default), Assert.Single((await Store.Spend.ReadSpendFactsAsync("old", Today, None)).Models));
        await CommitAsync(Row("3", "acme/x", 20) with { InputTokens = 7 });
        await RollUpAllAsync(10);

        Assert.Equal(7, (await Store.Spend.ReadSpendFactsAsync("acme/x", Today, None)).Models[0].Tokens.Input);
        Assert.Equal(["acme/x 0.7", "acme/x 0.9", "acme/y 0.7"], (await SweepAsync(Now.AddHours(3))).Where(a => !a.Contains("0.95", StringComparison.Ordinal)).Order());
    }

    [LedgerFact]
    public async Task Open_WithAChangedMigration_Refuses()
    {
        await Store.OpenAsync(migrate: true, LedgerUse.Shared, None);
        var changed = Host.NewStore([Embedded[0] with { Sql = Embedded[0].Sql + "\n-- edited" }, .. Embedded.Skip(1)]);

        var error = await Assert.ThrowsAsync<LedgerSchemaException>(() => changed.OpenAsync(migrate: true, LedgerUse.Shared, None));
        Assert.Contains("0001_ledger", error.Message, StringComparison.Ordinal);
    }

    [LedgerFact]
    public async Task Open_WithAMigrationThatFails_LeavesNothingOfIt()
    {
        await Store.OpenAsync(migrate: true, LedgerUse.Shared, None);
        var broken = Host.NewStore([.. Embedded, new Migration("0002_good", "create table good (id bigint)"), new Migration("0003_bad", "create tabel bad (id bigint)")]);

        await Assert.ThrowsAnyAsync<Exception>(() => broken.OpenAsync(migrate: true, LedgerUse.Shared, None));

        Assert.Equal(Embedded.Count, await Host.NumberAsync("select count(*) from migrations"));
        await Host.NewStore().OpenAsync(migrate: false, LedgerUse.Shared, None);
    }

    [LedgerFact]
    public async Task Open_ByManyAtOnce_MigratesOnce()
    {
        var stores = Enumerable.Range(0, Host.SeveralProcesses ? 4 : 1).Select(_ => Host.NewStore()).ToArray();

        var epochs = await Task.WhenAll(stores.Select(s => Task.Run(() => s.OpenAsync(migrate: true, LedgerUse.Shared, None))));

        Assert.Equal(epochs.Length, epochs.Distinct().Count());
    }

    [LedgerFact]
    public async Task Open_Exclusive_LocksOutASecondUntilTheFirstIsGone()
    {
        var first = Host.NewStore();
        await first.OpenAsync(migrate: true, LedgerUse.Alone, None);
        await first.Leases.RenewLeaseAsync(Renewal("p"), None);
        var second = Host.NewStore();

        var error = await Assert.ThrowsAsync<LedgerLockedException>(() => second.OpenAsync(migrate: true, LedgerUse.Alone, None));
        Assert.Contains("Another process", error.Message, StringComparison.Ordinal);
        await Host.NewStore().OpenAsync(migrate: false, LedgerUse.Beside, None);

        await first.DisposeAsync();
        Assert.Equal(3, await second.OpenAsync(migrate: true, LedgerUse.Alone, None));
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
