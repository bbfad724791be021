using BudgetEngine.Domain.Alerts;
using BudgetEngine.Domain.Windows;

namespace BudgetEngine.Ledger.Alerts;

/// <summary>
/// One cost center, or one user of it, for which alerts may be missing, and why. The list of kinds is closed: the nested records are all there are.
/// <see cref="EvaluationRow"/> is how a ledger stores them.
/// </summary>
public abstract record AlertEvaluation
{
    private AlertEvaluation(string costCenter, string? user) => (CostCenter, User) = (costCenter, user);

    public string CostCenter { get; init; }

    /// <summary>Null: the cost center itself.</summary>
    public string? User { get; init; }

    public AlertCause Cause { get; init; } = AlertCause.Usage;

    /// <summary>Not before this instant.</summary>
    public DateTimeOffset DueAt { get; init; } = DateTimeOffset.UnixEpoch;

    public AccountKey Account => new(CostCenter, User ?? "");

    /// <summary>A balance of the date, in the tenant's calendar, has changed.</summary>
    public sealed record BalanceChanged(string CostCenter, string? User, DateOnly Date) : AlertEvaluation(CostCenter, User);

    /// <summary>Budget, increases or pauses were changed, or an increase ends: the cost center, its users and its children.</summary>
    /// <param name="EndedIncrease">The id of the increase that ends; null: somebody changed something.</param>
    public sealed record LimitsChanged(string CostCenter, string? User, string? EndedIncrease = null) : AlertEvaluation(CostCenter, User);

    /// <summary>A window ends in which an alert was raised.</summary>
    public sealed record WindowEnded(string CostCenter, string? User, DateOnly Window, Period Period) : AlertEvaluation(CostCenter, User);

    public sealed record Paused(string CostCenter, PauseEvent Pause) : AlertEvaluation(CostCenter, null);

    public sealed record Resumed(string CostCenter, PauseEvent Pause) : AlertEvaluation(CostCenter, null);

    /// <summary>There was usage of a model without a price.</summary>
    public sealed record Unpriced(string CostCenter, string Model) : AlertEvaluation(CostCenter, null);

    /// <summary>A limit refused a check, the first one in its window.</summary>
    /// <param name="Users">Of a user's limit: how many users were refused so far; else 0.</param>
    /// <param name="Figures">Of the moment; null: not known any more, since they are not on the ledger's list.</param>
    public sealed record Denied(string CostCenter, string? User, DateOnly Window, Period Period, int Users = 0, DenialFigures? Figures = null) : AlertEvaluation(CostCenter, User);

    /// <summary>A request id came again with other content.</summary>
    public sealed record Conflict(string CostCenter, string RequestId) : AlertEvaluation(CostCenter, null);

    /// <summary>Usage has brought the cost center into being.</summary>
    /// <param name="NewFrom">The highest cost center of its path that came into being with it.</param>
    public sealed record Created(string CostCenter, string NewFrom) : AlertEvaluation(CostCenter, null);

    /// <param name="Reservation">Which lapsed, the first of the day; null: an earlier version did not say.</param>
    public sealed record Unsettled(string CostCenter, LapsedReservation? Reservation = null) : AlertEvaluation(CostCenter, null);
}
