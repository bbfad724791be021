using BudgetEngine.Api.CostCenters;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Grains.Interfaces.Budgets;

namespace BudgetEngine.Api.Checks;

/// <summary>The decision on a check or an extension.</summary>
/// <param name="Reason">Null: allowed; else the word of the API.</param>
/// <param name="Estimated">What the check asked for.</param>
/// <param name="Refusing">Of a denial: the window, or the limit by the minute, that refuses.</param>
/// <param name="NearestModels">Of a denial for an unknown model: models with a price whose names are like it; else null.</param>
/// <param name="Breaker">Of a denial for a pause or a spent limit: the open breaker, as far as the decision knows it; else null.</param>
public sealed record CheckAnswer(
    string? Reason, string? ReservationId, Money Estimated, Money Granted, DateTimeOffset? ExpiresAt, bool OverLimit, bool Degraded, long? AffordableOutputTokens,
    long? RetryAfterSeconds, WindowView? Refusing, WindowView? Tightest, IReadOnlyList<WindowView> Budgets, Breaker? Breaker = null, IReadOnlyList<string>? NearestModels = null)
{
    /// <summary>Why an import could not take the model, where it has no price and an import knew it.</summary>
    public string? UnpricedBecause { get; init; }

    /// <summary>Nothing is known of the cost center: neither usage nor a budget.</summary>
    public bool New { get; init; }

    /// <summary>Of a new cost center: an existing one with a name like it; null: none is near.</summary>
    public string? Nearest { get; init; }

    /// <summary>Of a denial: a sentence for the holder of the key, <see cref="DenialText"/>.</summary>
    public string? Detail { get; init; }

    /// <summary>Of a denial by a window: the amount, or its least part, would fit if nothing were held.</summary>
    internal bool FitsEmpty { get; init; }

    public bool Allowed => Reason is null;

    /// <summary>The window of money that refuses; null: none does.</summary>
    public WindowView? BlockedBy => Refusing is { Minute: MinuteMeter.None } ? Refusing : null;

    /// <summary>The limit by the minute that refuses; null: none does.</summary>
    public WindowView? RateLimit => Refusing is { Minute: not MinuteMeter.None } ? Refusing : null;

    /// <summary>By what this answer got its hold; null: it holds nothing. <see cref="CheckService.TakeBackAsync"/>.</summary>
    internal (ReserveRequest Request, ReserveReply Reply)? Held { get; init; }
}
