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
    public async Task Longest_AfterACollection_IsAPartOfTheTimeSince()
    {
        var startedAt = TimeProvider.System.GetTimestamp();
        using var pauses = new PauseListener();
        pauses.BeginAnew();
        await Eventually.HoldsAsync(
            "a stop of the collector is seen",
            () =>
            {
                GC.Collect();
                return Task.FromResult(pauses.Longest > TimeSpan.Zero);
            });

        // Longer than the whole test it cannot have been; the runtime's own sum leaves out how long the threads took to stop.
        Assert.InRange(pauses.Longest, TimeSpan.FromTicks(1), TimeProvider.System.GetElapsedTime(startedAt));
    }
}
