using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.Windows;
using BudgetEngine.Domain.Wording;

namespace BudgetEngine.Api.CostCenters;

/// <summary>
/// The circuit breaker of a cost center: open while a pause of the whole subtree stands at it or above, or a limited window of a hard budget there is spent. The
/// first open one from the leaf upward is told.
/// </summary>
/// <param name="Reason">A word of denials; null: closed.</param>
/// <param name="Since">Null: not known, or of a cost center above the caller's subtree.</param>
/// <param name="Model">Of a pause of one model; null: not.</param>
/// <param name="Until">When the window resets or the pause ends by itself; null: neither.</param>
public sealed record Breaker(string? Reason, string? CostCenter, string? User, Period? Period, DateTimeOffset? Since, DateTimeOffset? Until, string? Model = null)
{
    public PauseCause Cause { get; init; }

    /// <summary>Where the cost center is moved, or was.</summary>
    public string? MovedTo { get; init; }

    public static readonly string Paused = Words.DenialReasons.Of(DenialReason.Paused);
    public static readonly string BudgetExceeded = Words.DenialReasons.Of(DenialReason.BudgetExceeded);

    public static readonly Breaker Closed = new(null, null, null, null, null, null);

    public bool IsOpen => Reason is not null;
}
