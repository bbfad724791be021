using BudgetEngine.Domain.Alerts;

namespace BudgetEngine.Domain.Tests.Alerts;

public sealed class RetryScheduleTests
{
    private static readonly DateTimeOffset First = new(2026, 11, 21, 10, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(0)]
    [InlineData(500)]
    [InlineData(1_000)]
    public void Pauses_GrowUntilTheLastAttempt_WhichIsAtTwentyFourHours(int chance)
    {
        var (now, last, attempts) = (First, TimeSpan.Zero, 0);
        var pauses = new List<TimeSpan>();
        while (RetrySchedule.Next(++attempts, First, now, null, chance) is { } next)
        {
            Assert.True(next > now);
            pauses.Add(next - now);
            now = next;
            Assert.True(attempts < 100);
        }

        last = pauses[^1];
        Assert.Equal(First.AddHours(24), now);
        // But for the last, which is cut short.
        Assert.Equal(pauses.SkipLast(1).Order(), pauses.SkipLast(1));
        Assert.InRange(last, TimeSpan.FromTicks(1), TimeSpan.FromHours(4.4));
        Assert.InRange(pauses.Count, 10, 16);
    }

    [Theory]
    [InlineData(1, 5)]
    [InlineData(2, 15)]
    [InlineData(3, 60)]
    [InlineData(4, 180)]
    [InlineData(9, 14_400)]
    [InlineData(50, 14_400)]
    public void Jitter_IsATenthAtMost_BothWays(int attempts, int seconds)
    {
        TimeSpan Pause(int chance) => RetrySchedule.Next(attempts, First, First, null, chance)!.Value - First;

        Assert.Equal(TimeSpan.FromSeconds(seconds), Pause(500));
        Assert.Equal(TimeSpan.FromSeconds(seconds) * 0.9, Pause(0));
        Assert.Equal(TimeSpan.FromSeconds(seconds) * 1.1, Pause(1_000));
        Assert.All(Enumerable.Range(0, 1_000), c => Assert.True(Pause(c) < Pause(c + 1)));
    }

    [Fact]
    public void WhatTheOtherSideAsksFor_IsHonoured_AsLongAsItIsWithinADay()
    {
        Assert.Equal(First.AddMinutes(7), RetrySchedule.Next(1, First, First, TimeSpan.FromMinutes(7), 500));
        // Sooner than planned is no reason to hurry.
        Assert.Equal(First.AddSeconds(5), RetrySchedule.Next(1, First, First, TimeSpan.FromSeconds(1), 500));
        Assert.Equal(First.AddHours(24), RetrySchedule.Next(1, First, First, TimeSpan.FromDays(3), 500));
    }

    [Fact]
    public void AfterTwentyFourHours_ItIsGivenUp()
    {
        Assert.Equal(First.AddHours(24), RetrySchedule.Next(20, First, First.AddHours(24).AddTicks(-1), null, 500));
        Assert.Null(RetrySchedule.Next(20, First, First.AddHours(24), null, 500));
        Assert.Null(RetrySchedule.Next(1, First, First.AddDays(9), TimeSpan.FromSeconds(1), 0));
    }
}
