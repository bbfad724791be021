using BudgetEngine.Load.Memory;
using BudgetEngine.TestKit.Waiting;

namespace BudgetEngine.Load.Tests.Memory;

public sealed class CounterTests
{
    [Fact]
    public void Parse_TextOfCounters_IsTheSame()
    {
        var counters = new ProcessCounters(1, 2, TimeSpan.FromMilliseconds(3), TimeSpan.FromTicks(4), 5, 6);

        Assert.Equal(counters, ProcessCounters.Parse(counters.ToText()));
    }

    [Fact]
    public async Task Longest_AfterACollection_IsHowLongItStopped()
    {
        using var pauses = new PauseListener();
        pauses.BeginAnew();
        await Eventually.HoldsAsync(
            "a stop of the collector is seen",
            () =>
            {
                GC.Collect();
                return Task.FromResult(pauses.Longest > TimeSpan.Zero);
            });

        Assert.True(pauses.Longest <= GC.GetTotalPauseDuration(), $"{pauses.Longest} of {GC.GetTotalPauseDuration()}");
    }
}
