using System.Collections.Immutable;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Domain.Prices;
using BudgetEngine.Domain.Windows;

namespace BudgetEngine.Domain.Budgets;

/// <summary>What happens when a check does not fit.</summary>
public enum Enforcement : byte
{
    /// <summary>The check is denied.</summary>
    Hard = 0,

    /// <summary>The check is allowed and marked <c>over_limit</c>.</summary>
    Soft = 1,
}

/// <summary>Limits by period; null sets none.</summary>
public readonly record struct Limits(Money? Daily, Money? Weekly, Money? Monthly, Money? Total)
{
    public bool Any => Daily is not null || Weekly is not null || Monthly is not null || Total is not null;

    public Money? this[Period period] => period switch
    {
        Period.Daily => Daily,
        Period.Weekly => Weekly,
        Period.Monthly => Monthly,
        _ => Total,
    };
}

/// <summary>A fraction of a limit (0 &lt; <paramref name="At"/> &lt;= 2) with the level that is reached there.</summary>
public sealed record Threshold(decimal At, string Level)
{
    public const int MaxPerBudget = 16;
    public const decimal MaxAt = 2m;
    public const int MaxDecimals = 9;

    /// <summary>Fractions are stored, and hashed into ids, in billionths.</summary>
    public const long PartsOfOne = 1_000_000_000;

    public static readonly ImmutableArray<Threshold> Defaults =
        [new(0.7m, "warning"), new(0.9m, "critical"), new(0.95m, "emergency"), new(1.0m, "exceeded")];

    /// <summary>The spend at which this threshold of a limit is reached: <c>max(1 nano-unit, ceil(at x L))</c>.</summary>
    public Money AmountOf(Money limit) => AmountOf(At, limit);

    /// <inheritdoc cref="AmountOf(Money)"/>
    public static Money AmountOf(decimal at, Money limit) => Money.Max(new Money(1), Money.Saturated((Int128)decimal.Ceiling(at * limit.Nanos)));
}

/// <summary>The part of a budget that decides: limits, thresholds (ascending), enforcement, limits by the minute. Also the form of <c>per_user</c> and <c>per_child</c>.</summary>
public sealed record LimitSet(Limits Limits, ImmutableArray<Threshold> Thresholds, Enforcement Enforcement, MinuteLimits Minute = default)
{
    public static readonly LimitSet None = new(default, Threshold.Defaults, Enforcement.Hard);
}

/// <summary>How a check of a model without a price is answered; not set: inherited.</summary>
public enum UnknownModelRule : byte
{
    NotSet = 0,
    Reject = 1,
    DefaultPrice = 2,
}

/// <summary>What a check answers while the ledger has been out of reach for longer than the grace; not set: inherited.</summary>
public enum OutageRule : byte
{
    NotSet = 0,
    Deny = 1,
    Allow = 2,
}

/// <summary>What becomes at its deadline of what a hold has left; not set: inherited.</summary>
public enum ExpiryRule : byte
{
    NotSet = 0,

    /// <summary>It is given back.</summary>
    Release = 1,

    /// <summary>It is booked as usage, flagged <c>assumed</c>: for gateways that cannot settle.</summary>
    Charge = 2,
}

/// <summary>Settings that come from the nearest cost center at or above that sets them.</summary>
/// <param name="AssumedOutputTokens">Null: not set; <see cref="ModelMaximum"/>: the price book's maximum of the model.</param>
/// <param name="Models">Unlike the others these are not the nearest ones: the rules of every cost center at or above stand. Null: none.</param>
/// <param name="OnOutageLimit">Stands with <paramref name="OnOutage"/>: what may be allowed per process and day during an outage; null: no bound.</param>
public sealed record InheritedSettings(
    UnknownModelRule UnknownModel, RateCard? DefaultPrice, OutageRule OnOutage, Money? OnOutageLimit, long? AssumedOutputTokens, ModelRules? Models = null,
    ExpiryRule OnExpiry = ExpiryRule.NotSet)
{
    public const long ModelMaximum = -1;

    public static readonly InheritedSettings None = new(UnknownModelRule.NotSet, null, OutageRule.NotSet, null, null);

    /// <summary>True when nothing is set, so that a look-up goes on to the parent.</summary>
    public bool IsEmpty => this == None;
}

/// <summary>A budget: all that is set on one cost center, or on one user of a cost center. Tenant fields are apart (<see cref="TenantSettings"/>).</summary>
public sealed record Budget(LimitSet Own, bool DurableHolds, InheritedSettings Inherited, LimitSet? PerUser, LimitSet? PerChild)
{
    public static readonly Budget Empty = new(LimitSet.None, false, InheritedSettings.None, null, null);
}

/// <summary>A temporary addition to a limit, until an instant.</summary>
/// <param name="User">Null: the cost center's own limit.</param>
public sealed record Increase(string Id, string CostCenter, string? User, Period Period, Money Amount, DateTimeOffset Until, string? Reason, string By, DateTimeOffset At);

/// <summary>A kill switch: denies checks of the subtree, of one user of it, or of one model in it, under every enforcement.</summary>
/// <param name="Until">Null: until resumed.</param>
public sealed record Pause(string CostCenter, string? User, string? Model, DateTimeOffset? Until, string? Reason, string By, DateTimeOffset At)
{
    public PauseCause Cause { get; init; }

    /// <summary>Where it is moved, or was; null: it is not moved.</summary>
    public string? MovedTo { get; init; }

    /// <summary>What denies every check of a cost center that is moved, was moved, or is archived.</summary>
    public static Pause Closing(string costCenter, PauseCause cause, string? movedTo, string by, DateTimeOffset at) =>
        new(costCenter, null, null, null, cause switch
        {
            PauseCause.Moving => $"it is being moved to {movedTo}",
            PauseCause.Moved => $"it was moved to {movedTo}",
            _ => "it is archived",
        }, by, at) { Cause = cause, MovedTo = movedTo };
}

/// <summary>Why a cost center denies every check otherwise than because somebody has paused it. Sent between processes: never renumbered.</summary>
public enum PauseCause : byte
{
    /// <summary>Somebody has paused it.</summary>
    None = 0,
    Moving = 1,
    Moved = 2,
    Archived = 3,
}
