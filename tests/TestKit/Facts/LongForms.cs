namespace BudgetEngine.TestKit.Facts;

/// <summary>What <c>./test.sh long</c> runs besides (BUDGET_LONG_TESTS=1): tests and sizes that the whole run has no time for.</summary>
public static class LongForms
{
    public static readonly bool Wanted = Environment.GetEnvironmentVariable("BUDGET_LONG_TESTS") == "1";

    /// <summary>Why a test that is long itself is skipped; null: it runs.</summary>
    public static string? WhyNot() => Wanted ? null : "A long form: ./test.sh long runs it.";
}
