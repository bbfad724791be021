using System.ComponentModel.DataAnnotations;
using BudgetEngine.Domain.Budgets;

namespace BudgetEngine.Grains.CostCenters;

/// <summary>How many reservations may be open.</summary>
public sealed class HoldRoomOptions
{
    public const string Section = "CostCenters";

    /// <summary>
    /// Open reservations of one cost center, those below it not counted; more are denied <c>too_many_reservations</c>. Default 100,000, 100 to 10,000,000, some
    /// 600 bytes each: less refuses honest calls that are under way at once, more lets a caller that never settles take memory.
    /// </summary>
    [Range(100, 10_000_000)]
    public int MaxOpenReservations { get; set; } = HoldRoom.Default.MaxOwn;

    /// <summary>
    /// Open reservations of one cost center and everything below it, of which one direct child may have half; more are denied <c>too_many_reservations</c>.
    /// Default 1,000,000, 1,000 to 100,000,000: less refuses honest calls, more lets made-up names with many reservations each take memory.
    /// </summary>
    [Range(1_000, 100_000_000)]
    public int MaxReservationsBelow { get; set; } = HoldRoom.Default.MaxHolds;

    public HoldRoom ToHoldRoom() => new(MaxReservationsBelow, MaxOpenReservations);
}
