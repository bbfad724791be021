using System.Globalization;
using BudgetEngine.Api.CostCenters;
using BudgetEngine.Api.Http;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.Wording;

namespace BudgetEngine.Api.Checks;

/// <summary>
/// What a denial says to people, by what really refused: money that is spent, money that open reservations hold, or a request that is larger than what is left. Every sentence is
/// in docs/messages.md with the case that makes it.
/// </summary>
internal readonly struct DenialText(CheckAnswer answer, Resolution resolution, DateTimeOffset now)
{
    /// <summary>A few words that name no cost center and no amount.</summary>
    public string Title => Words.DenialReasons.Parse(answer.Reason!) switch
    {
        DenialReason.BudgetExceeded => Cause switch
        {
            RefusalCause.Spent => "The budget is spent",
            RefusalCause.Held => "The budget is held by open reservations",
            RefusalCause.TooLarge => "The request is larger than what is left of the budget",
            _ => "Too little is left of the budget",
        },
        DenialReason.Paused => answer.Breaker?.Cause switch
        {
            PauseCause.Moving => "The cost center is being moved",
            PauseCause.Moved => "The cost center was moved",
            PauseCause.Archived => "The cost center is archived",
            _ => "Requests are paused",
        },
        DenialReason.UnknownCostCenter => "The cost center is not known",
        DenialReason.UnknownModel => "The model has no price",
        DenialReason.NoBudget => "No budget is set",
        DenialReason.RateLimited => answer.RateLimit?.Minute switch
        {
            MinuteMeter.Requests => "Too many requests in a minute",
            MinuteMeter.Tokens => "Too many tokens in a minute",
            _ => "Too many new cost centers",
        },
        DenialReason.TooManyReservations => "Too many open reservations",
        DenialReason.RequestIdConflict => "The request id is known with other content",
        DenialReason.WindowEnded => "The window of the reservation has ended",
        DenialReason.LedgerUnavailable => "The budget cannot be decided now",
        DenialReason.ImplausibleAmount => "The amount is implausible",
        DenialReason.ModelNotAllowed => "The model is not allowed",
        DenialReason.TooManyOutputTokens => "More output tokens than are allowed",
        _ => "Denied",
    };

    /// <summary>For an end client: the title, and when to come back. Neither cost center nor amounts.</summary>
    public string ForEndClient => Sentence(full: false);

    /// <summary>For the holder of the key: with cost center and amounts, as far as the key sees them.</summary>
    public string ForCaller => Sentence(full: true);

    private string Sentence(bool full) => Words.DenialReasons.Parse(answer.Reason!) switch
    {
        DenialReason.BudgetExceeded => full && answer.BlockedBy is { Hidden: false } window ? $"{Figures(window)}{Return}" : $"{Briefly}.{Return}",
        DenialReason.Paused when answer.Breaker is { Cause: not PauseCause.None } closed => full ? Closed(closed) : $"{Title}.",
        DenialReason.Paused => full && answer.Breaker is { CostCenter: { } at } ? $"{at} is paused{Of}{Until("it is")}." : $"{Title}{Until("they are")}.",
        DenialReason.UnknownCostCenter => $"{Title}: its tenant is unknown, or lets no cost center begin without a budget.{(full && answer.Nearest is { } near ? $" There is {near}." : "")}",
        DenialReason.UnknownModel => $"{Title}, and no default price may stand in for it.",
        DenialReason.NoBudget => $"{Title} for this path, and its tenant requires one.",
        DenialReason.RateLimited => answer.RateLimit is { } limit ? $"{(full && !limit.Hidden ? Minute(limit) : $"{Title}.")}{Again}" : $"{Title} were named lately.{Return}",
        DenialReason.ModelNotAllowed => $"{Title} by a budget of this path.",
        DenialReason.TooManyOutputTokens => full && answer.AffordableOutputTokens is { } most ? $"{Title}: a budget of this path allows {most} in one request." : $"{Title} in one request.",
        DenialReason.TooManyReservations => $"{Title}: settle or release some, or let them lapse.",
        DenialReason.WindowEnded => $"{Title}: it takes no more amount.",
        DenialReason.LedgerUnavailable => $"{Title}: its ledger, or a cost center of its path, does not answer.{Return}",
        DenialReason.ImplausibleAmount => $"{Title}: no record may cost as much (max_record_cost of the tenant).",
        _ => $"{Title}.",
    };

    private string Closed(Breaker closed) => (closed.Cause, closed.MovedTo) switch
    {
        (PauseCause.Moving, { } to) => $"{closed.CostCenter} is being moved to {to}: ask again when what is open there has ended.",
        (PauseCause.Moved, { } to) => $"{closed.CostCenter} was moved: it is {to} now.",
        (PauseCause.Archived, _) when closed.CostCenter is { } at => $"{at} is archived: its checks are denied until it is unarchived.",
        _ => $"{Title}.",
    };

    private RefusalCause Cause => answer.BlockedBy switch
    {
        null => RefusalCause.Unknown,
        { Status: WindowFigures.StatusExceeded } => RefusalCause.Spent,
        { Hidden: true } => RefusalCause.Unknown,
        { Held: { IsPositive: true } } when answer.FitsEmpty => RefusalCause.Held,
        _ => RefusalCause.TooLarge,
    };

    private string Briefly => Cause == RefusalCause.Held && answer.BlockedBy is { Reservations: { } count } ? $"The budget is held by {Count(count)}" : Title;

    private string Figures(WindowView w)
    {
        var whose = w.User is { } user ? $"{w.CostCenter}, user {user}" : w.CostCenter;
        var (period, limit, spent) = (Words.Periods.Of(w.Period), resolution.ToText(w.Limit), resolution.ToText(w.Spent));
        var held = w.Held.IsPositive ? $" and {resolution.ToText(w.Held)} held by {Count(w.Reservations ?? 0)}" : "";
        return Cause switch
        {
            RefusalCause.Spent => $"The {period} budget of {whose} is spent: {spent} of {limit}.",
            RefusalCause.Held => $"The {period} budget of {whose} is held: of {limit}, {spent} is spent{held}.",
            _ => $"The request asks for {resolution.ToText(answer.Estimated)}, more than is left of the {period} budget of {whose}: of {limit}, {spent} is spent{held}.",
        };
    }

    private static string Minute(WindowView limit)
    {
        var whose = limit.User is { } user ? $"{limit.CostCenter}, user {user}" : limit.CostCenter;
        var counted = limit.Minute == MinuteMeter.Tokens ? "tokens" : "requests";
        return string.Create(CultureInfo.InvariantCulture, $"The limit of {whose} is {limit.Limit.Nanos} {counted} a minute, and {limit.Held.Nanos} are counted.");
    }

    /// <summary>A request that is larger than the limit itself never passes.</summary>
    private string Again => answer.RetryAfterSeconds is null ? " The request alone is more than the limit." : Return;

    /// <summary>When a repeat may help: held money comes back before the window resets.</summary>
    private string Return => Cause switch
    {
        RefusalCause.Held => answer.BlockedBy!.NextLapse is { } at ? $" The next lapses in {Math.Max(1, (long)Math.Ceiling((at - now).TotalSeconds))} s." : "",
        RefusalCause.Spent or RefusalCause.TooLarge => Resets,
        _ => answer.RetryAfterSeconds is { } seconds ? $" Ask again in {seconds} s." : "",
    };

    private string Resets => answer.BlockedBy!.ResetsAt is { } at ? $" It resets at {TimeText.Of(at)}." : " It never resets.";

    private string Of => answer.Breaker switch
    {
        { User: { } user } => $" for user {user}",
        { Model: { } model } => $" for model {model}",
        _ => "",
    };

    private string Until(string resumed) => answer.Breaker?.Until is { } at ? $" until {TimeText.Of(at)}" : $" until {resumed} resumed";

    private static string Count(int reservations) => reservations == 1 ? "1 open reservation" : string.Create(CultureInfo.InvariantCulture, $"{reservations} open reservations");

    /// <summary>What of a window has refused.</summary>
    private enum RefusalCause
    {
        /// <summary>Above the caller's subtree, or of an earlier version.</summary>
        Unknown,
        Spent,
        Held,
        TooLarge,
    }
}
