using Xunit.Abstractions;

namespace BudgetEngine.Integration.Tests;

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
