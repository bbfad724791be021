using BudgetEngine.Api.Checks;
using BudgetEngine.Api.CostCenters;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.Windows;
using BudgetEngine.Domain.Wording;

namespace BudgetEngine.Api.Tests.Messages;

/// <summary>A state in which a check is denied, and what the sentences about it must and must not say.</summary>
/// <param name="Says">Numbers and names that the sentence for the holder of the key must have.</param>
/// <param name="NeverSays">What no sentence about this state may say, since it would be untrue or too much.</param>
internal sealed record DenialCase(string Name, CheckAnswer Answer, string[] Says, string[] NeverSays)
{
    private const string CostCenter = "acme/search";

    public static readonly DateTimeOffset Now = new(2026, 11, 28, 10, 32, 0, TimeSpan.Zero);

    private static readonly DateTimeOffset _reset = new(2026, 11, 29, 0, 0, 0, TimeSpan.Zero);

    public static IReadOnlyList<DenialCase> All { get; } =
    [
        new("all is spent", Budget(Window(spent: 5)), ["daily", CostCenter, "5 of 5", "2026-11-29T00:00:00Z"], ["held", "lapse"]),
        new("all is spent, for ever", Budget(Window(spent: 5) with { Period = Period.Total, ResetsAt = null }), ["total", "5 of 5", "never resets"], ["held", "resets at"]),
        new("a user's own limit is spent", Budget(Window(spent: 5) with { User = "u-17" }), [CostCenter, "user u-17", "5 of 5"], ["held"]),
        new("all is held", Budget(Window(held: 5, by: 50)), ["5", "0 is spent", "held by 50 open reservations", "in 59 s"], ["is spent: ", "resets", "The budget is spent"]),
        new("all that is left is held, by one", Budget(Window(spent: 3, held: 2, by: 1), asked: 1), ["3 is spent", "2 held by 1 open reservation"], ["reservations,", "resets", "The budget is spent"]),
        new("all is held, and being settled", Budget(Window(held: 5, by: 2) with { NextLapse = null }), ["held by 2 open reservations"], ["lapses", "resets", "The budget is spent"]),
        new("asks for more than is left", Budget(Window(spent: 4), asked: 2, fits: false), ["asks for 2", "of 5, 4 is spent", "2026-11-29T00:00:00Z"], ["held", "The budget is spent"]),
        new("asks for more than is left, some of it held", Budget(Window(spent: 4, held: 0.5m, by: 3), asked: 2, fits: false), ["asks for 2", "4 is spent and 0.5 held by 3"], ["The budget is spent"]),
        new("spent above the key's subtree", Budget(Window(spent: 5) with { Hidden = true }), ["The budget is spent"], ["acme", "5 of 5"]),
        new("too little above the key's subtree", Budget(Window(held: 5, by: 50) with { Hidden = true }), ["Too little is left", "in 59 s"], ["acme", "50", "spent"]),
        new("a cost center is paused", Paused(null, null, null), [$"{CostCenter} is paused until it is resumed"], ["spent", "budget"]),
        new("a user is paused, for a time", Paused("u-17", null, _reset), [$"{CostCenter} is paused for user u-17 until 2026-11-29T00:00:00Z"], ["spent", "budget"]),
        new("a model is paused", Paused(null, "gpt-4.1", null), [$"{CostCenter} is paused for model gpt-4.1 until it is resumed"], ["spent", "budget"]),
        new("a cost center is being moved", Closed(PauseCause.Moving, "acme/find"), [$"{CostCenter} is being moved to acme/find", "ask again"], ["spent", "paused", "resumed"]),
        new("a cost center was moved", Closed(PauseCause.Moved, "acme/find"), [$"{CostCenter} was moved: it is acme/find now"], ["spent", "paused", "resumed"]),
        new("a cost center is archived", Closed(PauseCause.Archived, null), [$"{CostCenter} is archived", "until it is unarchived"], ["spent", "paused", "resumed"]),
        new("as many requests as a minute may have", Minute(MinuteMeter.Requests, 60, 60, 12), [$"The limit of {CostCenter} is 60 requests a minute, and 60 are counted", "in 12 s"], ["spent", "alone", "tokens"]),
        new("tokens of a minute, of a user", Minute(MinuteMeter.Tokens, 9_000, 8_700, 3) with { Refusing = Rate(MinuteMeter.Tokens, 9_000, 8_700) with { User = "u-17" } }, ["user u-17", "9000 tokens a minute, and 8700"], ["spent", "alone", "requests"]),
        new("more tokens than a minute may have", Minute(MinuteMeter.Tokens, 9_000, 0, null), ["9000 tokens a minute", "alone is more"], ["spent", "Ask again"]),
        new("requests of a minute above the key's subtree", Minute(MinuteMeter.Requests, 60, 60, 12) with { Refusing = Rate(MinuteMeter.Requests, 60, 60) with { Hidden = true } }, ["in 12 s"], ["acme", "60"]),
        new("more output than a budget allows in one request", CheckAnswers.Denied(DenialReason.TooManyOutputTokens, Resolution.Nano, 4_096), ["allows 4096 in one request"], ["spent"]),
        new("a cost center that is not known, with a name like another", CheckAnswers.New(CheckAnswers.Denied(DenialReason.UnknownCostCenter, Resolution.Nano), CostCenter, Resolution.Nano), [$"There is {CostCenter}."], ["spent"]),
        .. Plain(),
    ];

    /// <summary>The reasons that have one sentence each.</summary>
    private static IEnumerable<DenialCase> Plain() =>
        from reason in Enum.GetValues<DenialReason>()
        where reason is not (DenialReason.BudgetExceeded or DenialReason.Paused) && Words.DenialReasons.Find(reason) is not null
        select new DenialCase(
            "", CheckAnswers.Denied(reason, Resolution.Nano) with { RetryAfterSeconds = reason is DenialReason.LedgerUnavailable ? 1 : reason == DenialReason.RateLimited ? 30 : null },
            reason is DenialReason.LedgerUnavailable ? ["in 1 s"] : reason == DenialReason.RateLimited ? ["in 30 s"] : [], ["spent", "is held", "lapses in"]);

    private static WindowView Window(decimal spent = 0, decimal held = 0, int by = 0) =>
        new(CostCenter, null, Period.Daily, Units(5), Units(spent), Units(held), spent >= 5 ? WindowFigures.StatusExceeded : WindowFigures.StatusOk, _reset, false)
        {
            Reservations = by, NextLapse = by == 0 ? null : Now.AddSeconds(59),
        };

    private static CheckAnswer Budget(WindowView window, decimal asked = 0.1m, bool fits = true) =>
        new(Breaker.BudgetExceeded, null, Units(asked), Money.Zero, null, false, false, null, window.Held.IsPositive ? 59 : null, window, window, []) { FitsEmpty = fits };

    private static CheckAnswer Minute(MinuteMeter meter, long limit, long counted, long? wait) =>
        new("rate_limited", null, Units(0.1m), Money.Zero, null, false, false, null, wait, Rate(meter, limit, counted), null, []);

    private static WindowView Rate(MinuteMeter meter, long limit, long counted) =>
        new(CostCenter, null, Period.Total, new Money(limit), Money.Zero, new Money(counted), WindowFigures.StatusOk, null, false, meter);

    private static CheckAnswer Paused(string? user, string? model, DateTimeOffset? until) =>
        new(Breaker.Paused, null, Units(0.1m), Money.Zero, null, false, false, null, null, null, null, [], new Breaker(Breaker.Paused, CostCenter, user, null, Now, until, model));

    private static CheckAnswer Closed(PauseCause cause, string? to) => Paused(null, null, null) with
    {
        Breaker = new Breaker(Breaker.Paused, CostCenter, null, null, Now, null) { Cause = cause, MovedTo = to },
    };

    private static Money Units(decimal units) => Resolution.Nano.TryExact(units, out var money) ? money : throw new ArgumentOutOfRangeException(nameof(units));
}
