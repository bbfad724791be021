namespace BudgetEngine.Shipping.Files;

/// <summary>What became of the lines, since the position was begun.</summary>
/// <param name="Recorded">Settled by this shipper.</param>
/// <param name="Duplicates">Had been recorded before.</param>
/// <param name="Left">Say nothing to settle.</param>
/// <param name="Bad">No JSON, or too long.</param>
/// <param name="Rejected">Refused by the engine for good.</param>
internal sealed record ShipTotals(long Recorded, long Duplicates, long Left, long Bad, long Rejected)
{
    public static readonly ShipTotals None = new(0, 0, 0, 0, 0);
}
