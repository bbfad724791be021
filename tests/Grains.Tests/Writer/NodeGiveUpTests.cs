using BudgetEngine.Grains.Tests.Harness;
using BudgetEngine.Ledger;
using BudgetEngine.Ledger.Fence;
using BudgetEngine.Ledger.Sql.Postgres;
using BudgetEngine.Ledger.Writer;
using BudgetEngine.TestKit.Waiting;

namespace BudgetEngine.Grains.Tests.Writer;

/// <summary>Giving nodes up in the ledger: many in one statement, best effort.</summary>
public sealed class NodeGiveUpTests
{
    private readonly LeaseStore _store = new();
    private readonly NodeRegistrar _registrar;

    public NodeGiveUpTests() => _registrar = new NodeRegistrar(_store, new ManualClock(Engine.Start), () => "p#1", new NodeFence());

    [Fact]
    public async Task GiveUp_OfManyNodesAtOnce_TakesFewStatements()
    {
        var gate = new Gate();
        _store.GiveUp = gate.PassAsync;
        var first = await GiveUpAsync("first");
        await gate.Entered.Within("the first statement");
        var rest = new List<Task>();
        for (var i = 0; i < 2_500; i++) rest.Add(await GiveUpAsync($"n{i}"));
        Assert.DoesNotContain(rest, task => task.IsCompleted);
        gate.Open();
        await first.Within("the first node is given up");
        await Task.WhenAll(rest).Within("all are given up");

        Assert.Equal([1, 1_000, 1_000, 500], _store.GivenUp.Select(nodes => nodes.Count));
    }

    [Fact]
    public async Task GiveUp_ThatFails_EndsAllTheSame_AndTheNextIsTried()
    {
        _store.GiveUp = () => throw new LedgerUnavailableException("The test broke the ledger.");
        await (await GiveUpAsync("lost")).Within("the end of a give-up that failed");
        _store.GiveUp = null;
        await (await GiveUpAsync("next")).Within("the next one");

        Assert.Equal([new NodeEpoch("next", 1)], _store.GivenUp[^1]);
    }

    [Fact]
    public async Task Exclusive_GivesNothingUp()
    {
        var registrar = new NodeRegistrar(_store, new ManualClock(Engine.Start), null, new NodeFence());
        var (_, tenure) = await registrar.RegisterAsync("a").Within("the read");

        Assert.Equal((NodeTenure.Exclusive, true), (tenure, registrar.End("a", tenure)));
        await registrar.GiveUpAsync("a", tenure).Within("nothing");
        Assert.Empty(_store.GivenUp);
    }

    /// <summary>The task is of the ledger's word, not of the call.</summary>
    private async Task<Task> GiveUpAsync(string node)
    {
        var (_, tenure) = await _registrar.RegisterAsync(node).Within("the registration");
        Assert.True(_registrar.End(node, tenure));
        return _registrar.GiveUpAsync(node, tenure);
    }
}
