namespace BudgetEngine.Integration.Tests;

/// <summary>Waits for facts; a time-out says what was awaited.</summary>
internal static class Eventually
{
    private static readonly TimeSpan _between = TimeSpan.FromMilliseconds(20);

    public static Task HoldsAsync(string what, Func<Task<bool>> fact, double withinSeconds = 20) =>
        GetAsync(what, async () => await fact() ? what : null, withinSeconds);

    public static Task HoldsAsync(string what, Func<bool> fact, double withinSeconds = 20) =>
        GetAsync(what, () => Task.FromResult(fact() ? what : null), withinSeconds);

    /// <summary>The first answer that is not null.</summary>
    public static async Task<T> GetAsync<T>(string what, Func<Task<T?>> ask, double withinSeconds = 20)
        where T : class
    {
        var started = TimeProvider.System.GetTimestamp();
        using var timer = new PeriodicTimer(_between);
        do
        {
            if (await ask() is { } answer) return answer;
            await timer.WaitForNextTickAsync();
        }
        while (TimeProvider.System.GetElapsedTime(started).TotalSeconds < withinSeconds);
        throw new TimeoutException($"Awaited for {withinSeconds} s in vain: {what}");
    }
}
