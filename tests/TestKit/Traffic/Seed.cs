using System.Globalization;
using Xunit.Abstractions;

namespace BudgetEngine.TestKit.Traffic;

/// <summary>Randomness of a test: its seed is printed, and BUDGET_SEED repeats it.</summary>
public static class Seed
{
    /// <summary>For a test that prints it in its own words.</summary>
    public static int Next() =>
        int.TryParse(Environment.GetEnvironmentVariable("BUDGET_SEED"), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var given) ? given : Random.Shared.Next();

    public static int Next(ITestOutputHelper output)
    {
        var seed = Next();
        output.WriteLine($"seed {seed} (repeat with BUDGET_SEED={seed})");
        return seed;
    }

    public static Random NewRandom(ITestOutputHelper output) => new(Next(output));
}
