namespace BudgetEngine.Channels.Tests;

/// <summary>Awaits a fact.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    public static async Task TrueAsync(Func<bool> fact, string awaited)
    {
        using var limit = new CancellationTokenSource(Limit);
        while (!fact())
        {
            if (limit.IsCancellationRequested) Assert.Fail($"Within {Limit.TotalSeconds} s it was not so that {awaited}.");
            await Task.Delay(TimeSpan.FromMilliseconds(10));
        }
    }
}

/// <summary>A clock whose time stands until it is set. Its timers run on real time.</summary>
internal sealed class TestClock(DateTimeOffset now) : TimeProvider
{
    public DateTimeOffset Now { get; set; } = now;

    public override DateTimeOffset GetUtcNow() => Now;
}
