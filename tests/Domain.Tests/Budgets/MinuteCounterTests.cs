using BudgetEngine.Domain.Budgets;
using BudgetEngine.TestKit.Traffic;
using Xunit.Abstractions;

namespace BudgetEngine.Domain.Tests.Budgets;

/// <summary>The minute of one account: the second under way and the 60 before it, against a list of everything that was ever counted.</summary>
public sealed class MinuteCounterTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(0, 0, 5)]
    [InlineData(0, 60.9999999, 5)]
    [InlineData(0, 61, 0)]
    [InlineData(0.9999999, 60.9999999, 5)]
    [InlineData(0.9999999, 61, 0)]
    [InlineData(7, 67.5, 5)]
    [InlineData(7, 68, 0)]
    [InlineData(7, 100_000, 0)]
    public void Used_AfterACount_KeepsItForAMinuteAtLeastAndASecondMoreAtMost(double countedAt, double askedAt, long used)
    {
        var counter = new MinuteCounter();
        counter.Add(5, At(countedAt));

        Assert.Equal(used, counter.Used(At(askedAt)));
    }

    [Theory]
    [InlineData(10, 10, 0.5, 60.5)]
    [InlineData(4, 10, 0.5, 60.5)]
    [InlineData(3, 10, 0.5, 0)]
    [InlineData(6, 10, 20.5, 40.5)]
    [InlineData(8, 10, 20.5, 50.5)]
    public void FitsAfter_SomeCounts_IsWhenEnoughOfThemAreOver(long count, long limit, double now, double seconds)
    {
        var counter = new MinuteCounter();
        counter.Add(5, At(0.25));
        counter.Add(2, At(now < 10 ? 0.3 : 10));
        if (now >= 10) counter.Add(1, At(20));

        Assert.Equal(TimeSpan.FromSeconds(seconds), counter.FitsAfter(count, limit, At(now)));
    }

    [Fact]
    public void FitsAfter_MoreThanTheLimit_IsNever() => Assert.Null(new MinuteCounter().FitsAfter(11, 10, At(1)));

    [Fact]
    public void Correct_OfASecondThatIsOver_ChangesNothing()
    {
        var counter = new MinuteCounter();
        var second = counter.Add(5, At(3));
        counter.Add(1, At(60));

        counter.Correct(second, -2, At(63.9));
        Assert.Equal(4, counter.Used(At(63.9)));
        counter.Correct(second, -3, At(64));
        Assert.Equal(1, counter.Used(At(64)));
    }

    [Fact]
    public void Counter_WhateverIsCounted_SaysWhatAListWouldSay()
    {
        var random = Seed.NewRandom(output);
        for (var run = 0; run < 200; run++) Run(random);
    }

    private static void Run(Random random)
    {
        var (counter, counted, now) = (new MinuteCounter(), new List<(long Second, long Count)>(), random.NextInt64(TimeSpan.TicksPerDay));
        for (var step = 0; step < 200; step++)
        {
            // Mostly a little later, now and then long after.
            now += random.Next(20) == 0 ? random.NextInt64(90 * TimeSpan.TicksPerSecond) : random.NextInt64(TimeSpan.TicksPerSecond);
            var (moment, second) = (new Moment(default, now), now / TimeSpan.TicksPerSecond);
            if (counted.Count > 0 && random.Next(3) == 0)
            {
                var at = random.Next(counted.Count);
                var less = random.NextInt64(counted[at].Count + 1);
                counter.Correct(counted[at].Second, -less, moment);
                counted[at] = (counted[at].Second, counted[at].Count - less);
            }
            else
            {
                var count = random.NextInt64(10);
                counted.Add((counter.Add(count, moment), count));
                Assert.Equal(second, counted[^1].Second);
            }

            var used = UsedAt(counted, second);
            Assert.Equal(used, counter.Used(moment));
            var (more, limit) = (random.NextInt64(20), 1 + random.NextInt64(40));
            var wait = counter.FitsAfter(more, limit, moment);
            Assert.Equal(more > limit, wait is null);
            if (wait is not { } time) continue;
            Assert.True(UsedAt(counted, (now + time.Ticks) / TimeSpan.TicksPerSecond) + more <= limit);
            // Not a moment later than need be.
            if (time > TimeSpan.Zero) Assert.True(UsedAt(counted, (now + time.Ticks - 1) / TimeSpan.TicksPerSecond) + more > limit);
        }
    }

    private static long UsedAt(List<(long Second, long Count)> counted, long second) => counted.Where(c => c.Second >= second - 60).Sum(c => c.Count);

    private static Moment At(double seconds) => new(default, (long)(seconds * TimeSpan.TicksPerSecond));
}
