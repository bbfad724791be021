namespace BudgetEngine.Domain.Reports;

/// <summary>Two lists of spend, side by side.</summary>
public static class SpendMerge
{
    /// <param name="costCenter">Until the call ends.</param>
    /// <param name="first">What it has in the first list; both are zero where it is not in it. <paramref name="second"/>: in the second.</param>
    public delegate void Visit(ReadOnlySpan<char> costCenter, (long Spent, long Requests) first, (long Spent, long Requests) second);

    /// <summary>Goes along both, and shows each cost center that is in any, in the order of their paths.</summary>
    public static void Walk(ReadOnlyMemory<byte> first, ReadOnlyMemory<byte> second, Visit visit)
    {
        var (a, b) = (new SpendPart(first), new SpendPart(second));
        a.Next();
        b.Next();
        while (a.IsAtOne || b.IsAtOne)
        {
            var order = !b.IsAtOne ? -1 : !a.IsAtOne ? 1 : a.CostCenter.SequenceCompareTo(b.CostCenter);
            visit(order <= 0 ? a.CostCenter : b.CostCenter, order <= 0 ? (a.Spent, a.Requests) : default, order >= 0 ? (b.Spent, b.Requests) : default);
            if (order <= 0) a.Next();
            if (order >= 0) b.Next();
        }
    }
}
