using BudgetEngine.Cluster.Harness;
using BudgetEngine.TestKit.Engine;
using BudgetEngine.TestKit.Waiting;

namespace BudgetEngine.Cluster.Edge;

/// <summary>The API as a process of its own: a client of the cluster that keeps nothing.</summary>
public sealed class EdgeTests
{
    [ClusterFact]
    public async Task Requests_AtSeveralApisAndSilos_AreOneBudget()
    {
        using var store = Store.NewPostgres();
        await using var cluster = await SiloCluster.StartAsync(store, 2);
        await using var first = await cluster.StartApiAsync();
        await using var second = await cluster.StartApiAsync();
        // An administrative write at one is in force for all.
        await first.Caller.SetBudgetAsync("acme", new { daily = 10 });
        EngineProcess[] all = [first, second, .. cluster.Silos];
        await SiloCluster.KnownAsync("acme/team/leaf", all);

        var answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => all[i % 4].Caller.CheckAsync($"acme/team/leaf{i % 9}", 0.1m)));
        Assert.Equal(100, answers.Count(a => a.Allowed));

        // Held by one, settled by another, read at a third.
        var held = answers.Where(a => a.Allowed).Select(a => a.ReservationId).ToList();
        await Task.WhenAll(held.Select((id, i) => all[(i + 1) % 4].Caller.SettleAsync($"s{i}", id, 0.05m)));
        foreach (var process in all)
        {
            var window = await process.Caller.LimitAsync("acme");
            Assert.Equal((0, 5 * Nano.PerUnit), (window.Held, window.Spent));
        }

        await second.Caller.SetBudgetAsync("acme", new { daily = 6 });
        Assert.True((await first.Caller.CheckAsync("acme/x", 0.6m)).Allowed);
        Assert.False((await first.Caller.CheckAsync("acme/x", 0.5m)).Allowed);
        Assert.Equal(100, await first.Caller.AssertConsistentAsync());
    }

    [ClusterFact]
    public async Task Silos_ThatAreGoneAndComeBack_AreFoundAgain()
    {
        using var store = Store.NewPostgres();
        await using var cluster = await SiloCluster.StartAsync(store, 1);
        await using var api = await cluster.StartApiAsync();
        await api.Caller.SetBudgetAsync("acme", new { daily = 10 });
        await SiloCluster.KnownAsync("acme/team", api);

        await cluster.Silos[0].StopAsync();
        await Eventually.HoldsAsync("the API is not ready", async () => await api.Caller.ReadyAsync() == "disconnected", 30);
        Assert.Equal(503, (await api.Caller.GetAsync("/health/ready")).Status);
        Assert.Equal(200, (await api.Caller.GetAsync("/health/live")).Status);
        Assert.Equal(("deny", "ledger_unavailable"), Decision(await api.Caller.CheckAsync("acme/team", 1)));
        var refused = await api.Caller.ReportAsync("r1", "acme/team", 1);
        Assert.Equal((503, "ledger_unavailable"), (refused.Status, refused.Code));

        await cluster.Silos[0].RestartAsync();
        await Eventually.HoldsAsync("the API is ready", async () => await api.Caller.ReadyAsync() == "ready", 60);
        await SiloCluster.KnownAsync("acme/team", api);
        Assert.Equal("recorded", (await api.Caller.ReportAsync("r1", "acme/team", 1)).Result);
    }

    [ClusterFact]
    public async Task Start_BeforeThereIsASilo_WaitsForOne()
    {
        using var store = Store.NewPostgres();
        Assert.Equal(0, (await EngineProcess.RunAsync(["migrate", .. store.Arguments])).ExitCode);
        await using var cluster = SiloCluster.Of(store);
        var starting = cluster.StartApiAsync();

        await cluster.AddAsync();

        await using var api = await starting;
        Assert.Equal("ready", await api.Caller.ReadyAsync());
    }

    [ClusterFact]
    public async Task Start_OnAnEmptyDatabase_SaysWhatToDo()
    {
        using var store = Store.NewPostgres();

        var run = await EngineProcess.RunAsync(["api", "--postgres", store.Postgres!, "--Cluster:Membership=postgres"]);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("migrate", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_WithoutACluster_SaysWhatIsMissing()
    {
        var run = await EngineProcess.RunAsync(["api", "--urls=http://127.0.0.1:0"]);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("Cluster:Membership", run.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("-h")]
    public async Task Start_AskedForHelp_PrintsTheUsageAndExitsWithZero(string argument)
    {
        var run = await EngineProcess.RunAsync(["api", argument]);

        Assert.True(run.ExitCode == 0 && run.Errors.Length == 0, run.ToString());
        Assert.Contains("BudgetEngine.Silo api [", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--bananas")]
    [InlineData("--urls")]
    [InlineData("migrate")]
    [InlineData("--data=x")]
    [InlineData("--demo")]
    public async Task Start_UnknownOrIncompleteOption_ExitsWithTwoAndTheUsage(string argument)
    {
        var run = await EngineProcess.RunAsync(["api", argument]);

        Assert.True(run.ExitCode == 2, run.ToString());
        Assert.Contains("Usage:", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_UnknownSetting_NamesIt()
    {
        var run = await EngineProcess.RunAsync(["api", "--Ledger:Postgres=Host=127.0.0.1", "--Cluster:Membershp=postgres"]);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("Cluster:Membershp is unknown; did you mean Cluster:Membership?", run.Errors, StringComparison.Ordinal);
    }

    private static (string?, string?) Decision(Answer answer) => (answer.Body.GetProperty("decision").GetString(), answer.Reason);
}
