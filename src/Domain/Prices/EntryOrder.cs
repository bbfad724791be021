namespace BudgetEngine.Domain.Prices;

/// <summary>The order in which versions were entered; those not stored yet (entry 0) come last.</summary>
internal sealed class EntryOrder : IComparer<PriceVersion>
{
    public static readonly EntryOrder Instance = new();

    public int Compare(PriceVersion? x, PriceVersion? y)
    {
        var byEntry = Position(x!).CompareTo(Position(y!));
        return byEntry != 0 ? byEntry : x!.EnteredAt.CompareTo(y!.EnteredAt);
    }

    private static long Position(PriceVersion version) => version.Entry == 0 ? long.MaxValue : version.Entry;
}
