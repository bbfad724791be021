using BudgetEngine.Dashboard.Rendering;
using BudgetEngine.Dashboard.Wording;
using BudgetEngine.Domain.Alerts;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Wording;
using BudgetEngine.Ledger.Alerts;

namespace BudgetEngine.Dashboard.Alerts;

/// <summary>An alert in a list: what happened, in one line for the eye and one for the mind.</summary>
/// <param name="Deliveries">To channels that the reader may see; null: not asked for.</param>
public sealed record AlertLine(long Entry, Alert Alert, TimeZoneInfo Zone, IReadOnlyList<StoredDelivery>? Deliveries)
{
    public string Icon => Alert.Type switch
    {
        AlertType.ThresholdReached => StatusLook.Of(Alert.Level ?? "warning", false).Name,
        AlertType.Denied => "exceeded",
        AlertType.Paused => "paused",
        AlertType.Resumed or AlertType.WindowReset or AlertType.ChannelTest or AlertType.SpendSummary => "ok",
        AlertType.ChannelDead => "emergency",
        AlertType.Spike => "soft",
        _ => "warning",
    };

    public string Headline => Alert.Type switch
    {
        AlertType.ThresholdReached => $"{Capital(Period)} budget at {Alert.Threshold * 100:0.#}%",
        AlertType.Denied => $"First denial of the {Period} window{(Alert.Spent < Alert.Limit && Alert.Held is { IsPositive: true } ? ": held, not spent" : "")}",
        AlertType.WindowReset => $"The {Period} window starts anew",
        AlertType.Paused => $"Paused by {Markup.Actor(Alert.By ?? "")}",
        AlertType.Resumed => $"Resumed by {Markup.Actor(Alert.By ?? "")}",
        AlertType.Spike => "Spike: today is far above yesterday",
        AlertType.Forecast => "Forecast passes the limit",
        AlertType.Unpriced => "Usage without a price",
        AlertType.Conflict => "A request id came again with other content",
        AlertType.Unsettled => "A reservation lapsed without usage",
        AlertType.ChannelDead => "A channel takes no alerts any more",
        AlertType.ChannelTest => "Test of a channel",
        AlertType.CostCenterCreated => Alert.Detail is null ? "A new cost center" : "A new cost center, with a name like another's",
        AlertType.SpendSummary => $"Summary of {(Alert.Summary?.Period switch { Domain.Windows.Period.Daily => "a day", Domain.Windows.Period.Weekly => "a week", Domain.Windows.Period.Monthly => "a month", _ => "spend" })}",
        _ => AlertTypes.WordOf(Alert.Type),
    };

    /// <summary>The facts of the moment at which it was found; empty: there is no more to say.</summary>
    public string Facts(Currency currency)
    {
        var facts = new List<string>();
        if (Alert.Type == AlertType.Spike && Alert is { Spent: { } today, Limit: { } yesterday }) facts.Add($"{currency.Of(today)} today, {currency.Of(yesterday)} yesterday");
        else if (Alert is { Spent: { } spent, Limit: { } limit }) facts.Add($"{currency.Of(spent)} of {currency.Round(limit)}");
        else if (Alert.Summary is { } summary) facts.Add($"{currency.Of(summary.Spent)}, {currency.Of(summary.Before)} in the time before");
        else if (Alert is { Type: AlertType.Unpriced, Spent: { } booked }) facts.Add($"booked at {currency.Of(booked)} this month");
        if (Alert.Held is { IsPositive: true } held) facts.Add($"{currency.Of(held)} held{(Alert.Reservations is { } holds ? $" by {Markup.Count(holds, "open reservation")}" : "")}");
        if (Alert.Forecast is { } forecast)
        {
            facts.Add(forecast.ReachedAt is { } reached ? $"runs out {TimeWords.LongDay(reached, Alert.At, Zone)} at this pace" : $"should end at {currency.Round(forecast.Amount)}");
            if (forecast.Confidence is { } sure) facts.Add($"confidence {Words.ForecastConfidences.Of(sure)}");
        }

        if (Alert.User is { } user) facts.Add($"user {user}");
        if (Alert.Detail is { Length: > 0 } detail) facts.Add(Alert.Type is AlertType.Paused or AlertType.Resumed ? $"“{detail}”" : detail);
        return string.Join("; ", facts);
    }

    public bool IsUrgent => Icon is "critical" or "emergency" or "exceeded";

    private string Period => Alert.Period is { } period ? Words.Periods.Of(period) : "";

    private static string Capital(string word) => word.Length == 0 ? word : char.ToUpperInvariant(word[0]) + word[1..];
}
