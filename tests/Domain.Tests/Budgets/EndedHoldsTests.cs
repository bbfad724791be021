using BudgetEngine.Domain.Budgets;

namespace BudgetEngine.Domain.Tests.Budgets;

public sealed class EndedHoldsTests
{
    private const long Second = TimeSpan.TicksPerSecond;

    [Fact]
    public void Ended_OfAnAttempt_CoversItAndEarlierOnesOnly()
    {
        var ended = new EndedHolds();
        ended.Add(Key(1), new Stamp(5), 0);
        Assert.True(ended.Covers(Key(1), new Stamp(5), Second));
        Assert.True(ended.Covers(Key(1), new Stamp(4), Second));
        Assert.False(ended.Covers(Key(1), new Stamp(6), Second));
        Assert.False(ended.Covers(Key(2), new Stamp(5), Second));
    }

    [Fact]
    public void Ended_OfALaterAttempt_CoversAllBeforeIt()
    {
        var ended = new EndedHolds();
        ended.Add(Key(1), new Stamp(5), 0);
        ended.Add(Key(1), new Stamp(9), Second);
        ended.Add(Key(1), new Stamp(7), 2 * Second);
        Assert.True(ended.Covers(Key(1), new Stamp(9), 3 * Second));
        Assert.False(ended.Covers(Key(1), new Stamp(10), 3 * Second));
    }

    [Fact]
    public void Ended_AfterSixtySeconds_IsForgottenWithoutAnotherEnd()
    {
        var ended = new EndedHolds();
        ended.Add(Key(1), new Stamp(5), 7);
        Assert.True(ended.Covers(Key(1), new Stamp(5), 60 * Second + 6));
        Assert.False(ended.Covers(Key(1), new Stamp(5), 60 * Second + 7));
    }

    [Fact]
    public void Ended_ManyMoreThanRemembered_ForgetsTheOldest()
    {
        var ended = new EndedHolds();
        for (var i = 0; i < EndedHolds.MaxRemembered + 10; i++) ended.Add(Key(i), new Stamp(1), i);
        Assert.Equal(EndedHolds.MaxRemembered, ended.Count);
        Assert.False(ended.Covers(Key(9), new Stamp(1), Second));
        Assert.True(ended.Covers(Key(10), new Stamp(1), Second));
        ended.Add(Key(0), new Stamp(1), 61 * Second);
        Assert.Equal(1, ended.Count);
    }

    /// <summary>Heard of again, it stood behind one that is forgotten later than it: it was still there, forgotten, when the next word came.</summary>
    [Fact]
    public void Ended_EarlierAttemptAfterALaterOneIsForgotten_DoesNotBringThatBack()
    {
        var ended = new EndedHolds();
        ended.Add(Key(1), new Stamp(9), 0);
        ended.Add(Key(1), new Stamp(9), 10 * Second);
        ended.Add(Key(2), new Stamp(1), 40 * Second);
        ended.Add(Key(3), new Stamp(1), 60 * Second);
        ended.Add(Key(1), new Stamp(5), 75 * Second);
        Assert.True(ended.Covers(Key(1), new Stamp(5), 76 * Second));
        Assert.False(ended.Covers(Key(1), new Stamp(9), 76 * Second));
    }

    /// <summary>A caller that releases again and again must not push out what others have ended.</summary>
    [Fact]
    public void Ended_OneKeyAgainAndAgain_ForgetsNoOther()
    {
        var ended = new EndedHolds();
        ended.Add(Key(1), new Stamp(1), 0);
        for (var i = 0; i < 2 * EndedHolds.MaxRemembered; i++) ended.Add(Key(2), new Stamp(3), i);
        Assert.True(ended.Covers(Key(1), new Stamp(1), Second));
        Assert.True(ended.Covers(Key(2), new Stamp(3), 60 * Second + EndedHolds.MaxRemembered));
        Assert.Equal(2, ended.Count);
    }

    private static Guid Key(int i) => new(i, 0, 0, new byte[8]);
}
