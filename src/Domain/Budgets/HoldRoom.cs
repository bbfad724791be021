namespace BudgetEngine.Domain.Budgets;

/// <summary>How many holds one node has room for. What they add up to is bounded by <see cref="Account.MaxHeld"/>.</summary>
/// <param name="MaxHolds">Of the whole subtree of the node, its own reservations included.</param>
/// <param name="MaxOwn">Open reservations that it owns.</param>
public sealed record HoldRoom(int MaxHolds, int MaxOwn)
{
    public static readonly HoldRoom Default = new(1_000_000, 100_000);

    /// <summary>Of one direct child and everything below it: half, so that no child alone can leave the others without room.</summary>
    public int MaxHoldsOfChild => Math.Max(1, MaxHolds / 2);
}
