using Xunit.Abstractions;

namespace BudgetEngine.Domain.Tests;

/// <summary>Seeds of property tests: printed, new in every run, and set by BUDGET_TEST_SEED to repeat one.</summary>
internal static class Seeds
{
    public static Random NewRandom(ITestOutputHelper output)
    {
        var text = Environment.GetEnvironmentVariable("BUDGET_TEST_SEED");
        var seed = text is null ? Random.Shared.Next() : int.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
        output.WriteLine($"BUDGET_TEST_SEED={seed}");
        return new Random(seed);
    }
}
