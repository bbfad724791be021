using BudgetEngine.Cluster.Harness;
using BudgetEngine.TestKit.Engine;

namespace BudgetEngine.Cluster.Silos;

/// <summary>What was answered at one silo is in force for the very next check at every silo.</summary>
public sealed class OrderTests
{
    private const int Rounds = 20;
    private const string Tenant = "acme";

    [ClusterFact]
    public async Task Check_RightAfterARaisedLimitOrARefund_SeesItAtEverySilo()
    {
        using var store = Store.NewPostgres();
        await using var cluster = await SiloCluster.StartAsync(store, 3);
        await cluster.Caller.SetBudgetAsync(Tenant, new { total = 1 });
        await SiloCluster.KnownAsync(Leaf(0), cluster.Silos);
        (await cluster.Caller.ReportAsync("first", Leaf(0), 1)).Is(200);
        for (var round = 0; round < Rounds; round++)
        {
            var writer = cluster.Silos[round % cluster.Silos.Count].Caller;
            await AssertDeniedAsync(cluster, round);

            await writer.SetBudgetAsync(Tenant, new { total = 4 + (3 * round) });
            await SpendAsync(cluster, $"raised-{round}", round);
            await AssertDeniedAsync(cluster, round);

            for (var i = 0; i < cluster.Silos.Count; i++)
            {
                (await writer.PostAsync("/v1/usage/corrections", new { request_id = $"refund-{round}-{i}", corrects = $"raised-{round}-{i}", cost_center = Tenant, amount = -1, reason = "refunded" })).Is(200);
            }

            await SpendAsync(cluster, $"refunded-{round}", round);
        }

        await AssertDeniedAsync(cluster, Rounds);
        await cluster.Caller.AssertConsistentAsync();
    }

    private static string Leaf(int number) => $"{Tenant}/team{number % 5}/leaf{number % 7}";

    /// <summary>One check of 1 at each silo, all at once: all are granted, and settled.</summary>
    private static async Task SpendAsync(SiloCluster cluster, string name, int round)
    {
        var answers = await Task.WhenAll(cluster.Silos.Select((s, i) => s.Caller.CheckAsync(Leaf(round + i), 1)));
        Assert.All(answers, a => Assert.True(a.Allowed, $"{name}: {a.Text}"));
        var settled = await Task.WhenAll(answers.Select((a, i) => cluster.Silos[^(i + 1)].Caller.SettleAsync($"{name}-{i}", a.ReservationId, 1)));
        Assert.All(settled, a => a.Is(200));
    }

    private static async Task AssertDeniedAsync(SiloCluster cluster, int round)
    {
        var answers = await Task.WhenAll(cluster.Silos.Select((s, i) => s.Caller.CheckAsync(Leaf(round + i), 0.000_000_001m)));
        Assert.All(answers, a => Assert.Equal("budget_exceeded", a.Reason));
    }
}
