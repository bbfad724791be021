using BudgetEngine.TestKit.Engine;

namespace BudgetEngine.Cluster.Silos;

/// <summary>Made-up leaves, as a gateway sees it.</summary>
public sealed class NewNodeTests
{
    [Fact]
    public async Task Check_OfMadeUpLeaves_IsRateLimited_AndKnownOnesAreNot()
    {
        using var store = Store.NewSqlite();
        await using var engine = await EngineProcess.StartAsync(store, "--CostCenters:MaxNewPerMinute=20");
        await engine.Caller.SetBudgetAsync("acme", new { daily = 100 });
        (await engine.Caller.ReportAsync("r1", "acme/known", 1)).Is(200);

        var answers = await Task.WhenAll(Enumerable.Range(0, 60).Select(i => engine.Caller.CheckAsync($"acme/made-up-{i}", 0.01m)));

        // Two minutes at most, by the count of each.
        Assert.InRange(answers.Count(a => a.Allowed), 15, 60);
        var denied = answers.Where(a => !a.Allowed).ToList();
        Assert.NotEmpty(denied);
        Assert.All(denied, a => Assert.Equal("rate_limited", a.Reason));
        Assert.All(denied, a => Assert.InRange(a.Body.GetProperty("retry_after_seconds").GetInt64(), 1, 60));
        Assert.True((await engine.Caller.CheckAsync("acme/known", 0.01m)).Allowed);
        Assert.Equal("recorded", (await engine.Caller.ReportAsync("r2", "acme/made-up-59", 1)).Result);
        Assert.True((await engine.Caller.CheckAsync("acme/made-up-59", 0.01m)).Allowed);
    }
}
