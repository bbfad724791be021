namespace BudgetEngine.Grains.Tests;

/// <summary>Waiting for facts. What does not come true in time fails the test with the name of the fact.</summary>
public static class Facts
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(20);

    public static async Task Within(this Task task, string what)
    {
        try
        {
            await task.WaitAsync(_patience);
        }
        catch (TimeoutException) when (!task.IsCompleted)
        {
            Assert.Fail($"Waited {_patience.TotalSeconds} s in vain for: {what}");
        }
    }

    public static async Task<T> Within<T>(this Task<T> task, string what)
    {
        await ((Task)task).Within(what);
        return await task;
    }

    /// <summary>Looks again and again until it is true: for facts that nothing tells of.</summary>
    public static async Task Until(Func<Task<bool>> isTrue, string what)
    {
        using var looks = new PeriodicTimer(TimeSpan.FromMilliseconds(2));
        var startedAt = TimeProvider.System.GetTimestamp();
        while (!await isTrue().Within(what))
        {
            if (TimeProvider.System.GetElapsedTime(startedAt) > _patience) Assert.Fail($"Waited {_patience.TotalSeconds} s in vain for: {what}");
            await looks.WaitForNextTickAsync();
        }
    }
}
