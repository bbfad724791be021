namespace BudgetEngine.Integration.Tests.Harness;

internal static class Load
{
    /// <summary>Runs <paramref name="count"/> numbered calls, at most so many at once.</summary>
    public static async Task<T[]> RunAsync<T>(int count, int atOnce, Func<int, Task<T>> call)
    {
        var results = new T[count];
        await Parallel.ForEachAsync(Enumerable.Range(0, count), new ParallelOptions { MaxDegreeOfParallelism = atOnce }, async (i, _) => results[i] = await call(i));
        return results;
    }

    /// <summary>Repeats a probe until the load has ended.</summary>
    public static async Task<int> WhileAsync(Task load, Func<Task> probe)
    {
        var probes = 0;
        while (!load.IsCompleted)
        {
            await probe();
            probes++;
        }

        await load;
        return probes;
    }
}
