using BudgetEngine.SimulatedSilo.Tests.Semantics.Grains;

namespace BudgetEngine.SimulatedSilo.Tests.Semantics;

public abstract class CallTests(SiloFixture silo) : SemanticTest(silo)
{
    private readonly string _key = NewKey();
    private readonly string _gate = NewKey("gate-");

    private IProbeGrain Probe => Grains.GetGrain<IProbeGrain>(_key, typeof(ProbeGrain).FullName);

    private Journal Journal => JournalOf(_key);

    [Fact]
    public async Task Call_ThatTimesOut_GoesOnInTheGrain()
    {
        await Assert.ThrowsAsync<TimeoutException>(() => Probe.Hold(_gate));

        Gate.Open(_gate);
        await Journal.Has($"{_gate} ends");
    }

    [Fact]
    public async Task Call_ThatTimesOutInTheQueue_NeverRuns()
    {
        _ = Probe.Hold(_gate).ContinueWith(static t => t.Exception, TaskScheduler.Default);
        await Journal.Has($"{_gate} begins");

        await Assert.ThrowsAsync<TimeoutException>(() => Probe.Note("too late"));

        Gate.Open(_gate);
        await Probe.Note("in time");
        Assert.DoesNotContain("too late", Journal.Entries);
    }

    [Fact]
    public async Task Exception_ThrownAtOnce_ReachesTheCallerAsItWas()
    {
        var thrown = await Assert.ThrowsAsync<ProbeException>(() => Probe.Throw("at once"));
        Assert.Equal("at once", thrown.Message);
    }

    [Fact]
    public async Task Exception_ThrownAfterAnAwait_ReachesTheCallerAsItWas()
    {
        var thrown = await Assert.ThrowsAsync<ProbeException>(() => Probe.ThrowLater("later"));
        Assert.Equal("later", thrown.Message);
    }

    [Fact]
    public async Task OneWay_ToAGrainThatHolds_ReturnsBeforeItHasRun()
    {
        await Probe.Fire(_gate);
        Assert.DoesNotContain($"{_gate} ends", Journal.Entries);

        Gate.Open(_gate);
        await Journal.Has($"{_gate} ends");
    }

    [Fact]
    public async Task OneWay_ThatThrows_TellsNobody()
    {
        await Probe.FireAndThrow();
        await Journal.Has("fired");
        await Probe.Note("still alive");
    }

    [Fact]
    public async Task CancellationToken_CancelledDuringTheCall_ReachesTheGrainAndEndsTheWait()
    {
        using var cancellation = new CancellationTokenSource();
        var call = Probe.HoldUntilCancelled(cancellation.Token);
        await Journal.Has("waits for cancellation");

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        await Journal.Has("was cancelled");
    }

    [Fact]
    public async Task CancellationToken_CancelledBeforeTheCall_KeepsItFromStarting()
    {
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await Probe.HoldUntilCancelled(new CancellationToken(canceled: true)));

        await Probe.Note("note");
        Assert.DoesNotContain("waits for cancellation", Journal.Entries);
    }

    [Fact]
    public async Task Key_SeenFromInsideAndOutside_IsTheSame()
    {
        Assert.Equal(_key, await Probe.Key());
        Assert.Equal(_key, Probe.GetPrimaryKeyString());
    }

    [Fact]
    public void References_ToTheSameGrain_AreEqual()
    {
        Assert.Equal(Probe, Probe);
        Assert.NotEqual(Probe, Grains.GetGrain<IProbeGrain>(NewKey(), typeof(ProbeGrain).FullName));
    }
}
