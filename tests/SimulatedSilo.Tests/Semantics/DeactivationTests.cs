using BudgetEngine.SimulatedSilo.Tests.Semantics.Grains;

namespace BudgetEngine.SimulatedSilo.Tests.Semantics;

public abstract class DeactivationTests(SiloFixture silo) : SemanticTest(silo)
{
    [Fact]
    public async Task DeactivateOnIdle_WhileACallRuns_WaitsForItAndLetsNoOtherStart()
    {
        var (key, gate) = (NewKey(), NewKey("gate-"));
        var grain = Grains.GetGrain<IReentrantProbeGrain>(key);
        var last = grain.EndThenHold(gate);
        await JournalOf(key).Has($"{gate} begins");
        var next = grain.Note("note");
        Gate.Open(gate);
        await Task.WhenAll(last, next);

        Assert.Equal(
            [
                $"{gate} begins", $"{gate} ends", "deactivation begins: ApplicationRequested", "deactivation ends",
                "activation begins", "activation ends", "note",
            ],
            JournalOf(key).Entries.Skip(2));
    }

    [Fact]
    public async Task Call_DuringDeactivation_GoesToTheNextActivation()
    {
        var key = NewKey("lingers-");
        var grain = Grains.GetGrain<IFragileGrain>(key);
        await grain.End();
        await JournalOf(key).Has("deactivation begins");
        var next = grain.Note("note");
        Gate.Open(key);
        await next;

        Assert.Equal(
            ["activation begins", "activation ends", "deactivation begins", "deactivation ends", "activation begins", "activation ends", "note"],
            JournalOf(key).Entries);
    }

    [Fact]
    public async Task OnDeactivateAsync_ThatThrows_HarmsNobody()
    {
        var key = NewKey("throws-");
        var grain = Grains.GetGrain<IFragileGrain>(key);
        await grain.End();
        await grain.Note("note");

        Assert.Equal(["activation begins", "activation ends", "deactivation begins", "activation begins", "activation ends", "note"], JournalOf(key).Entries);
    }
}
