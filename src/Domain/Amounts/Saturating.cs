namespace BudgetEngine.Domain.Amounts;

/// <summary>Sums that end where 64 bits end.</summary>
public static class Saturating
{
    public static long Add(long a, long b)
    {
        var sum = unchecked(a + b);
        // An overflow has another sign than both terms.
        return ((a ^ sum) & (b ^ sum)) < 0 ? End(a) : sum;
    }

    public static long Subtract(long a, long b)
    {
        var difference = unchecked(a - b);
        return ((a ^ b) & (a ^ difference)) < 0 ? End(a) : difference;
    }

    private static long End(long sign) => sign < 0 ? long.MinValue : long.MaxValue;
}
