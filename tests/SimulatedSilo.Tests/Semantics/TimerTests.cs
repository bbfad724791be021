using BudgetEngine.SimulatedSilo.Tests.Semantics.Grains;

namespace BudgetEngine.SimulatedSilo.Tests.Semantics;

public abstract class TimerTests(SiloFixture silo) : SemanticTest(silo)
{
    private static readonly TimeSpan s_period = TimeSpan.FromMilliseconds(100);

    private readonly string _key = NewKey();
    private readonly string _gate = NewKey("gate-");

    private ITimerGrain Grain => Grains.GetGrain<ITimerGrain>(_key);

    private Journal Journal => JournalOf(_key);

    [Fact]
    public async Task Tick_AfterALongOne_IsDueOnePeriodAfterThatHasEnded()
    {
        await Grain.Start(TimeSpan.Zero, s_period, interleave: false, gate: null);
        await Journal.Has("tick ends", times: 3);

        // A tick takes 20 ms here: counted from its beginning, the pause would be 80 ms.
        Assert.All(await Grain.Pauses(), pause => Assert.True(pause > s_period * 0.9, $"{pause}"));
    }

    [Fact]
    public async Task Tick_DuringACall_Waits()
    {
        await Grain.Start(s_period, s_period, interleave: false, gate: null);
        var hold = Grain.Hold(_gate);
        await Journal.Has($"{_gate} begins");
        await Task.Delay(s_period * 2);
        Gate.Open(_gate);
        await hold;
        await Journal.Has("tick ends", after: $"{_gate} begins");

        // On a busy machine a tick may have come before the call.
        Assert.Equal([$"{_gate} begins", $"{_gate} ends", "tick begins", "tick ends"], Journal.Entries.SkipWhile(e => e != $"{_gate} begins").Take(4));
    }

    [Fact]
    public async Task Tick_DuringACall_InterleavesIfAllowed()
    {
        await Grain.Start(s_period, s_period, interleave: true, gate: null);
        var hold = Grain.Hold(_gate);
        await Journal.Has("tick ends");
        Assert.DoesNotContain($"{_gate} ends", Journal.Entries);
        Gate.Open(_gate);
        await hold;
    }

    [Fact]
    public async Task Call_DuringATick_Waits()
    {
        await Grain.Start(TimeSpan.Zero, s_period, interleave: false, _gate);
        await Journal.Has("tick begins");
        var (other, call) = (NewKey("other-"), Task.CompletedTask);
        Gate.Open(other);
        call = Grain.Hold(other);
        Gate.Open(_gate);
        await call;

        Assert.Equal(["tick begins", "tick ends", $"{other} begins"], Journal.Entries.Take(3));
    }

    [Fact]
    public async Task Tick_ThatThrows_IsFollowedByTheNext()
    {
        await Grain.StartThrowing(TimeSpan.FromMilliseconds(1));
        await Journal.Has("tick", times: 3);
    }

    [Fact]
    public async Task Change_InsideATick_SetsTheNext()
    {
        await Grain.StartChanging(period: TimeSpan.FromDays(1));
        await Journal.Has("tick", times: 2);
    }

    [Fact]
    public async Task Timer_AtDeactivation_IsDisposedBeforeOnDeactivateAsync()
    {
        await Grain.Start(TimeSpan.Zero, TimeSpan.FromMilliseconds(1), interleave: false, gate: null);
        await Journal.Has("tick begins");
        await Grain.End();
        await Journal.Has("deactivation begins");
        await Task.Delay(s_period);

        Assert.Equal("deactivation begins", Journal.Entries[^1]);
    }

    [Fact]
    public async Task Timer_Disposed_TicksNoMore()
    {
        await Grain.Start(TimeSpan.Zero, TimeSpan.FromMilliseconds(1), interleave: false, gate: null);
        await Journal.Has("tick ends");
        await Grain.Stop();
        await Grain.Pauses();
        var ticks = Journal.Entries.Count;
        await Task.Delay(s_period);

        Assert.Equal(ticks, Journal.Entries.Count);
    }
}
