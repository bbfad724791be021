using Xunit.Abstractions;

namespace BudgetEngine.Integration.Tests;

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

/// <summary>Randomness of a test: its seed is printed, and BUDGET_SEED repeats it.</summary>
internal static class Seed
{
    public static int Next(ITestOutputHelper output)
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("BUDGET_SEED"), out var given) ? given : Random.Shared.Next();
        output.WriteLine($"seed {seed} (repeat with BUDGET_SEED={seed})");
        return seed;
    }
}
