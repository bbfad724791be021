using System.Data.Common;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Ledger.Records;
using BudgetEngine.Ledger.Reports;
using BudgetEngine.Ledger.Sql;
using BudgetEngine.Ledger.Tests.Harness;
using BudgetEngine.TestKit.Machine;
using Npgsql;
using Xunit.Abstractions;

namespace BudgetEngine.Ledger.Tests.Postgres;

/// <summary>The server goes and comes back: every method fails fast meanwhile, and the same store works afterwards. It has a server of its own.</summary>
[NeedsPostgres]
public sealed class PostgresOutageTests(ITestOutputHelper output) : LedgerConformance(new OutageHost(), output)
{
    private PostgresServer Server => ((OutageHost)Host).Server;

    [LedgerFact]
    public async Task Server_StoppedAndStartedAgain_FailsFastAndThenWorks()
    {
        await Task.WhenAll(Enumerable.Range(0, 6).Select(i => CommitAsync(Row($"r{i}", "acme", 1))));
        foreach (var stop in new Action[] { Server.Stop, Server.Kill })
        {
            stop();
            foreach (var call in Calls())
            {
                var before = TimeProvider.System.GetTimestamp();
                await Assert.ThrowsAsync<LedgerUnavailableException>(call);
                Assert.InRange(TimeProvider.System.GetElapsedTime(before), TimeSpan.Zero, TimeSpan.FromSeconds(4));
            }

            Server.Restart();
            foreach (var call in Calls()) await call();
        }

        await AssertConsistentAsync();
    }

    [LedgerFact]
    public async Task Server_KilledWhileBatchesRun_LosesNothingThatWasAcknowledged()
    {
        using var milestones = new SemaphoreSlim(0);
        var writing = Task.Run(async () =>
        {
            for (var i = 0; i < 400; i++)
            {
                var batch = new LedgerBatch(HashOf("b", "", i), [.. Enumerable.Range(0, 5).Select(k => new RecordEntry(Row($"r{i}-{k}", "acme/x", 1)))], []);
                while (true)
                {
                    try
                    {
                        var result = await Store.Records.CommitAsync(batch, None);
                        Assert.All(result.Records, r => Assert.Equal(RecordOutcome.Recorded, r.Outcome));
                        if (i is 50 or 200) milestones.Release();
                        break;
                    }
                    catch (LedgerUnavailableException)
                    {
                        // The outcome is unknown: the same batch again tells it.
                    }
                }
            }
        });
        for (var kill = 0; kill < 2; kill++)
        {
            Assert.True(await milestones.WaitAsync(TimeSpan.FromSeconds(60)), "The writer did not get on within a minute.");
            Server.Kill();
            Server.Restart();
        }

        await writing;
        Assert.Equal(new Money(2000), await SpentAsync("acme"));
        await AssertConsistentAsync();
    }

    [LedgerFact]
    public async Task ExclusiveLock_LostWithItsConnection_IsRetakenBeforeTheNextRenewal()
    {
        var store = Host.NewStore();
        var epoch = await store.OpenAsync(migrate: true, LedgerUse.Alone, None);
        await store.Leases.RenewLeaseAsync(Renewal("p"), None);

        Server.Kill();
        Server.Restart();
        await Assert.ThrowsAsync<LedgerUnavailableException>(() => store.Leases.RenewLeaseAsync(Renewal("p"), None));
        await store.Leases.RenewLeaseAsync(Renewal("p"), None);
        await Assert.ThrowsAsync<LedgerLockedException>(() => Host.NewStore().OpenAsync(migrate: true, LedgerUse.Alone, None));
    }

    /// <summary>It grants from memory for as long as it said, not for as long as whoever comes next would.</summary>
    [LedgerFact]
    public async Task ExclusiveLock_LostByAProcessWithALongerGrace_IsGivenOnlyOnceThatIsOver()
    {
        var store = Host.NewStore();
        await store.OpenAsync(migrate: true, LedgerUse.Alone, None);
        var renewed = TimeProvider.System.GetTimestamp();
        await store.Leases.RenewLeaseAsync(Renewal("p") with { Runs = TimeSpan.FromSeconds(8) }, None);
        Server.Kill();
        Server.Restart();

        await Host.NewStore().OpenAsync(migrate: true, LedgerUse.Alone, None);

        Assert.True(TimeProvider.System.GetElapsedTime(renewed) >= TimeSpan.FromSeconds(8));
    }

    [LedgerFact]
    public async Task ExclusiveLock_TakenByAnotherMeanwhile_IsNeverRenewedAgain()
    {
        var store = Host.NewStore();
        var epoch = await store.OpenAsync(migrate: true, LedgerUse.Alone, None);
        Server.Stop();
        Server.Restart();
        await Assert.ThrowsAsync<LedgerUnavailableException>(() => store.Leases.RenewLeaseAsync(Renewal("p"), None));
        var other = Host.NewStore();
        await other.OpenAsync(migrate: true, LedgerUse.Alone, None);

        await Assert.ThrowsAsync<LedgerLockedException>(() => store.Leases.RenewLeaseAsync(Renewal("p"), None));
        await other.DisposeAsync();
        await Assert.ThrowsAsync<LedgerLockedException>(() => store.Leases.RenewLeaseAsync(Renewal("p"), None));
    }

    [LedgerFact]
    public async Task ExclusiveLock_WhileItIsHeld_KeepsMembersOfAClusterOut()
    {
        await Host.NewStore().OpenAsync(migrate: true, LedgerUse.Alone, None);

        await Assert.ThrowsAsync<LedgerLockedException>(() => Host.NewStore().OpenAsync(migrate: true, LedgerUse.Shared, None));
        // A key is made, and the schema looked at, while it runs.
        await Host.NewStore().OpenAsync(migrate: false, LedgerUse.Beside, None);
    }

    [LedgerFact]
    public async Task ExclusiveLock_TakenBetweenTheStartOfAMemberAndItsFirstLease_KeepsThatFromGranting()
    {
        await using var member = Host.NewStore();
        await member.OpenAsync(migrate: true, LedgerUse.Shared, None);
        var alone = Host.NewStore();
        await alone.OpenAsync(migrate: true, LedgerUse.Alone, None);

        await Assert.ThrowsAsync<LedgerLockedException>(() => member.Leases.RenewLeaseAsync(Renewal("member"), None));
        await alone.DisposeAsync();
        await member.Leases.RenewLeaseAsync(Renewal("member"), None);
    }

    [LedgerFact]
    public async Task Epochs_FromAClusterToAProcessAloneAndBack_OnlyGrow()
    {
        await using (var member = Host.NewStore())
        {
            await member.OpenAsync(migrate: true, LedgerUse.Shared, None);
            for (var i = 0; i < 5; i++) await member.Nodes.RegisterAsync(["acme"], Today, Now, "member", None);
        }

        long alone;
        await using (var store = Host.NewStore()) alone = await store.OpenAsync(migrate: true, LedgerUse.Alone, None);
        Assert.True(alone > 5);

        await using var next = Host.NewStore();
        await next.OpenAsync(migrate: true, LedgerUse.Shared, None);
        var nodes = await next.Nodes.RegisterAsync(["acme", "acme/new"], Today, Now, "member", None);
        Assert.All(nodes, n => Assert.True(n.Epoch > alone, $"{n.Epoch} is not above {alone}"));
        Assert.Equal(nodes[0].Epoch + 1, (await next.Nodes.RegisterAsync(["acme"], Today, Now, "member", None))[0].Epoch);
    }

    [LedgerFact]
    public async Task ExclusiveLock_BesideAMemberThatLives_IsRefused_AndGivenOnceThatHasDied()
    {
        var member = Host.NewStore();
        await member.OpenAsync(migrate: true, LedgerUse.Shared, None);
        await member.Leases.RenewLeaseAsync(Renewal("member"), None);
        var living = new CancellationTokenSource();
        var renewals = Task.Run(async () =>
        {
            while (!living.IsCancellationRequested)
            {
                try
                {
                    await member.Leases.RenewLeaseAsync(Renewal("member"), None);
                }
                catch (LedgerLockedException)
                {
                    // The newcomer has the lock while it looks for leases. A member goes on, as it does after any failure.
                }
            }
        });

        await Assert.ThrowsAsync<LedgerLockedException>(() => Host.NewStore().OpenAsync(migrate: true, LedgerUse.Alone, None));
        await living.CancelAsync();
        await renewals;
        await Host.ExecuteAsync("update leases set renewed_at = renewed_at - interval '1 hour'");
        await Host.NewStore().OpenAsync(migrate: true, LedgerUse.Alone, None);
        await Host.NewStore().OpenAsync(migrate: true, LedgerUse.Beside, None);
    }

    /// <summary>What a migration notes while nothing else happens is no other server's number, for which all rows would be written anew.</summary>
    [LedgerFact]
    public async Task Cursors_OfAQuietServersMigrations_AreItsOwn() => Assert.Equal(1, await Host.NumberAsync("select count(*) from spend_lists_cursor where transaction_id > '500'::xid8"));

    [LedgerFact]
    public async Task RollUp_BehindAnOpenTransaction_Waits()
    {
        await CommitAsync(Row("before", "acme", 1));
        await using var open = new NpgsqlConnection(Host.Options.Postgres + ";Pooling=false;Search Path=budget");
        await open.OpenAsync();
        await using var transaction = await open.BeginTransactionAsync();
        await new NpgsqlCommand("select pg_current_xact_id()", open).ExecuteScalarAsync();
        await CommitAsync(Row("after", "acme", 2));

        Assert.Equal(1, await Store.Housekeeping.RollUpAsync(10, None));
        Assert.Equal(0, await Store.Housekeeping.RollUpAsync(10, None));
        await transaction.CommitAsync();
        Assert.Equal(1, await Store.Housekeeping.RollUpAsync(10, None));
    }

    [LedgerFact]
    public async Task Errors_NeverTellThePassword()
    {
        await using var store = LedgerStores.Create(Host.Options with { Postgres = $"Host=127.0.0.1;Port={Server.Port};Username=nobody;Password=s3cret;Database=none" });
        var error = await Assert.ThrowsAsync<LedgerUnavailableException>(() => store.OpenAsync(true, LedgerUse.Shared, None));

        Assert.DoesNotContain("s3cret", error.ToString(), StringComparison.Ordinal);
    }

    private IEnumerable<Func<Task>> Calls()
    {
        var row = Row(NextId().ToString(), "acme", 1);
        yield return () => CommitAsync(row);
        yield return () => NodeAsync("acme");
        yield return () => Store.Nodes.RegisterAsync(["acme"], Today, Now, "p", None);
        yield return () => Store.Catalogs.ReadCatalogVersionsAsync(None);
        yield return () => PutAsync("acme", BudgetOf(1));
        yield return () => Store.Leases.RenewLeaseAsync(Renewal("p"), None);
        yield return () => Store.Housekeeping.RollUpAsync(10, None);
        yield return () => Store.Housekeeping.RetainAsync(Now.AddDays(-90), 10, None);
        yield return () => Store.Consistency.CheckConsistencyAsync(null, None);
        yield return async () =>
        {
            await foreach (var _ in Store.Usage.ExportUsageAsync(new UsageRange(Today, Today.AddDays(1)), null, None))
            {
            }
        };
    }

    /// <summary>A database on a server of its own, which this test may stop.</summary>
    private sealed class OutageHost : LedgerHost
    {
        private readonly PostgresHost _inner;

        public OutageHost()
        {
            Server = PostgresServer.Start();
            _inner = new PostgresHost(Server);
        }

        public PostgresServer Server { get; }

        public override LedgerOptions Options => _inner.Options;

        public override bool SeveralProcesses => true;

        public override Task<DbConnection> ConnectAsync() => _inner.ConnectAsync();

        public override async ValueTask DisposeAsync()
        {
            await base.DisposeAsync();
            Server.Dispose();
        }
    }
}
