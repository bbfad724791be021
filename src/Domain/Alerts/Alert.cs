using System.Collections.Immutable;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Reports;
using BudgetEngine.Domain.Windows;

namespace BudgetEngine.Domain.Alerts;

/// <summary>
/// Something that people are told, once. Its facts are those of the moment at which it was found (but <see cref="Users"/>): a message that is sent again says the same.
/// </summary>
/// <param name="Id">The same for the same event, whoever finds it and however often: <see cref="AlertIds"/>.</param>
/// <param name="CostCenter">Empty for an alert about the installation.</param>
/// <param name="User">Whose side account; null: the cost center's own.</param>
public sealed record Alert(string Id, AlertType Type, string CostCenter, string? User, DateTimeOffset At)
{
    /// <summary>Which limit; null for types that have none.</summary>
    public Period? Period { get; init; }

    /// <summary>The window's name; of types without a limit the local day.</summary>
    public DateOnly Window { get; init; }

    public DateTimeOffset? WindowStart { get; init; }

    /// <summary>Null: never.</summary>
    public DateTimeOffset? ResetsAt { get; init; }

    /// <summary>The tenant's zone (IANA), in which people read the instants.</summary>
    public string TimeZone { get; init; } = "UTC";

    /// <summary>The fraction of the limit; only of <see cref="AlertType.ThresholdReached"/>, as are level, generation and cause.</summary>
    public decimal? Threshold { get; init; }

    public string? Level { get; init; }

    /// <summary>How often the threshold had been re-armed in this window.</summary>
    public int Generation { get; init; }

    public AlertCause Cause { get; init; }

    /// <summary>The trace in which it was found, as <c>traceparent</c> (W3C); null: it was not recorded.</summary>
    public string? Trace { get; init; }

    /// <summary>Of a spike: spent today. Of unpriced usage: what is booked for the model this month.</summary>
    public Money? Spent { get; init; }

    /// <summary>
    /// Of a denial, and of the end of its window: about how many users' limits have refused in it so far; 0: it was the cost center's own. Grows after the alert was found.
    /// </summary>
    public int Users { get; init; }

    /// <summary>With the increases in force. Of a spike: spent yesterday.</summary>
    public Money? Limit { get; init; }

    /// <summary>Of a denial: what open reservations held at that moment; null: not known.</summary>
    public Money? Held { get; init; }

    /// <summary>Of a denial: how many reservations held it.</summary>
    public int? Reservations { get; init; }

    /// <summary>Of a denial: when the next of them lapses; null: none does, or not known.</summary>
    public DateTimeOffset? NextLapse { get; init; }

    /// <summary>Of unpriced usage: at what it is booked.</summary>
    public UnpricedBasis Basis { get; init; }

    public SpendForecast? Forecast { get; init; }

    /// <summary>The dearest models of the window's month, dearest first, at most <see cref="MaxTopModels"/>.</summary>
    public ImmutableArray<ModelShare> TopModels { get; init; } = [];

    public ImmutableArray<Recommendation> Recommendations { get; init; } = [];

    /// <summary>The reason of a pause, the model without a price, the id in conflict, the dead channel and why; of a new cost center the existing one that may have been meant.</summary>
    public string? Detail { get; init; }

    /// <summary>Of a pause and its end: of one model; null: of all.</summary>
    public string? Model { get; init; }

    /// <summary>Of a summary: its figures; <see cref="Detail"/> is the schedule's name.</summary>
    public SpendSummary? Summary { get; init; }

    /// <summary>Who paused or resumed.</summary>
    public string? By { get; init; }

    public const int MaxTopModels = 5;

    /// <summary>Spent / limit; null at limit 0 and without a limit.</summary>
    public decimal? Utilization => Spent is { } spent && Limit is { Nanos: > 0 } limit ? decimal.Round((decimal)spent.Nanos / limit.Nanos, 4) : null;
}

/// <summary>A part of the spend of one model.</summary>
public sealed record ModelShare(string Model, Money Spent);

/// <summary>Where spend goes: <see cref="Outlook"/>.</summary>
/// <param name="Amount">Spend at the end of the window.</param>
/// <param name="ReachedAt">When the limit is reached; null: not before the window ends, or it is already.</param>
/// <param name="Days">How many ended days its pace is the mean of; null: the pace is that of the window so far.</param>
public sealed record SpendForecast(Money Amount, DateTimeOffset? ReachedAt, int? Days = null)
{
    /// <summary>How sure it is; null: the pace is that of the window so far.</summary>
    public ForecastConfidence? Confidence => Days is { } days ? SpendPace.ConfidenceOf(days) : null;
}

/// <summary>What a recommendation is about. Values are stored: never renumbered.</summary>
public enum RecommendationKind : byte
{
    Unknown = 0,

    /// <summary>A cheaper model for what one model did.</summary>
    CheaperModel = 1,

    /// <summary>A user that spends most.</summary>
    TopUser = 2,

    /// <summary>A feature that spends most.</summary>
    TopFeature = 3,

    /// <summary>The spend per day at which the limit holds until the window ends.</summary>
    SafeRate = 4,
}

/// <summary>Advice computed from the cost center's own numbers.</summary>
/// <param name="Subject">The model, user or feature that spends; null for a rate.</param>
/// <param name="Instead">The cheaper model; null for the other kinds.</param>
/// <param name="Amount">Of a cheaper model: what it would have saved this month; of a user or feature: what was spent this month; of a rate: per day.</param>
/// <param name="Text">One sentence for people.</param>
public sealed record Recommendation(RecommendationKind Kind, string? Subject, string? Instead, Money Amount, string Text);
