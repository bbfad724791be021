namespace BudgetEngine.TestKit.Waiting;

/// <summary>Waits for facts; a time-out says what was awaited.</summary>
public static class Eventually
{
    private const double Patience = 20;

    /// <summary>Between the first two looks. Each pause is twice as long as the one before it: a fact of this process is seen at once, and a busy engine is not asked all the time.</summary>
    private static readonly TimeSpan _shortest = TimeSpan.FromMilliseconds(2);

    private static readonly TimeSpan _longest = TimeSpan.FromMilliseconds(16);

    public static Task HoldsAsync(string what, Func<Task<bool>> fact, double withinSeconds = Patience) =>
        GetAsync(what, async () => await fact() ? what : null, withinSeconds);

    public static Task HoldsAsync(string what, Func<bool> fact, double withinSeconds = Patience) =>
        GetAsync(what, () => Task.FromResult(fact() ? what : null), withinSeconds);

    /// <summary>The first answer that is not null.</summary>
    public static async Task<T> GetAsync<T>(string what, Func<Task<T?>> ask, double withinSeconds = Patience)
        where T : class
    {
        var started = TimeProvider.System.GetTimestamp();
        using var looks = new PeriodicTimer(_shortest);
        do
        {
            if (await ask() is { } answer) return answer;
            await looks.WaitForNextTickAsync();
            if (looks.Period < _longest) looks.Period *= 2;
        }
        while (TimeProvider.System.GetElapsedTime(started).TotalSeconds < withinSeconds);
        throw InVain(what, withinSeconds);
    }

    /// <summary>For what tells by itself that it has come.</summary>
    public static async Task Within(this Task task, string what)
    {
        try
        {
            await task.WaitAsync(TimeSpan.FromSeconds(Patience));
        }
        catch (TimeoutException) when (!task.IsCompleted)
        {
            throw InVain(what, Patience);
        }
    }

    public static async Task<T> Within<T>(this Task<T> task, string what)
    {
        await ((Task)task).Within(what);
        return await task;
    }

    private static TimeoutException InVain(string what, double seconds) => new($"Awaited for {seconds} s in vain: {what}");
}
