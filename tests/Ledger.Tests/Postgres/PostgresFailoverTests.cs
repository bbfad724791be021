using BudgetEngine.Ledger.Fence;
using BudgetEngine.Ledger.Sql;
using BudgetEngine.Ledger.Sql.Postgres;
using BudgetEngine.Ledger.Tests.Harness;
using BudgetEngine.TestKit.Machine;

namespace BudgetEngine.Ledger.Tests.Postgres;

/// <summary>A connection string that names a primary and its standby.</summary>
[NeedsPostgres]
public sealed class PostgresFailoverTests
{
    [Theory]
    [InlineData("127.0.0.1", true)]
    [InlineData("127.0.0.1:5433,localhost:5434", true)]
    [InlineData("[::1]:5433,::1,/var/run/postgresql", true)]
    [InlineData("127.0.0.1:5433,db.example:5433", false)]
    [InlineData("db.example", false)]
    public void Hosts_OneOrSeveral_AreOnThisMachineOnlyIfAllAre(string hosts, bool here) =>
        Assert.Equal(here, OrleansTables.IsOnThisMachine(new LedgerOptions { Postgres = $"Host={hosts};Username=me;Database=x" }));

    [LedgerFact]
    public async Task Failover_ToThePromotedStandby_KeepsWhatWasAcknowledgedAndGoesOn()
    {
        using var primary = PostgresServer.Start();
        using var standby = PostgresServer.NewStandby();
        primary.CreateDatabase("budget");
        standby.Follow(primary);
        var options = new LedgerOptions { Postgres = $"Host=127.0.0.1:{standby.Port},127.0.0.1:{primary.Port};Username=postgres;Database=budget;Target Session Attributes=primary" };
        await using var store = new PostgresLedgerStore(options);
        var epoch = await store.OpenAsync(migrate: true, LedgerUse.Shared, CancellationToken.None);
        var before = await store.Leases.RenewLeaseAsync(Renewal(epoch, 1), CancellationToken.None);

        primary.Kill();
        standby.Promote();

        LeaseAnswer? after = null;
        for (var left = 300; after is null; left--)
        {
            try
            {
                after = await store.Leases.RenewLeaseAsync(Renewal(epoch, 2), CancellationToken.None);
            }
            catch (LedgerUnavailableException) when (left > 0)
            {
                // Not found anew yet.
                await Task.Delay(TimeSpan.FromMilliseconds(100));
            }
        }

        // Made by the first renewal, before the failover.
        Assert.Equal((1, 1), (before.Born, after.Born));
        Assert.True(after.RenewedAt > before.RenewedAt);
    }

    private static LeaseRenewal Renewal(long epoch, long number) => new("p#1", epoch, number, TimeSpan.FromSeconds(5), []);
}
