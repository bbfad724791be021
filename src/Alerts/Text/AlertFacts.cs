using System.Collections.Immutable;
using System.Globalization;
using BudgetEngine.Domain.Alerts;
using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Domain.Windows;
using BudgetEngine.Domain.Wording;

namespace BudgetEngine.Alerts.Text;

/// <summary>The figures of one alert as a list of names and values; what an alert does not have is left out.</summary>
internal sealed class AlertFacts(MoneyWords money, Alert alert)
{
    private readonly ImmutableArray<Fact>.Builder _facts = ImmutableArray.CreateBuilder<Fact>();
    private readonly InstantWords _instants = new(alert.TimeZone);

    public ImmutableArray<Fact> All()
    {
        if (alert.CostCenter.Length > 0) Others("Cost center", alert.CostCenter);
        if (alert.User is { } user) Others("User", user);
        if (alert.Type == AlertType.Spike) Spike();
        else if (alert.Type == AlertType.Unpriced) Unpriced();
        else if (alert.Summary is { } summary) Summary(summary);
        else Limit();
        if (alert.Threshold is { } at) Ours("Threshold", MoneyWords.Percent(at));
        if (alert.Level is { } level) Others("Level", level);
        if (alert.Forecast is { } forecast) Ours("Forecast", Pace(forecast));
        if (alert.ResetsAt is { } resetsAt && resetsAt > alert.At) Ours(alert.Type == AlertType.Paused ? "Until" : "Resets", _instants.Format(resetsAt));
        else if (alert.Period == Period.Total) Ours("Resets", "never");
        if (alert.By is { Length: > 0 } by) Others("By", by);
        if (alert.Detail is { Length: > 0 } detail) Others(DetailName, detail);
        return _facts.DrainToImmutable();
    }

    private string DetailName => alert.Type switch
    {
        AlertType.Paused or AlertType.Resumed => "Reason",
        AlertType.Unpriced => "Model",
        AlertType.Conflict => "Request id",
        AlertType.ChannelDead => "Channel",
        AlertType.CostCenterCreated => "Nearest name",
        AlertType.SpendSummary => "Schedule",
        _ => "Detail",
    };

    private void Limit()
    {
        if ((alert.Spent, alert.Limit) is ({ } part, { } whole)) Ours("Spent", money.FormatOfWithPercent(part, whole));
        else if (alert.Spent is { } spent) Ours("Spent", money.Format(spent));
        else if (alert.Limit is { } limit) Ours("Limit", money.Format(limit));
        if (alert.Held is { IsPositive: true } held) Ours("Held", money.Format(held) + (alert.Reservations is { } count ? string.Create(CultureInfo.InvariantCulture, $" by {count}") : ""));
        if (alert.NextLapse is { } lapse) Ours("Next lapse", _instants.FormatToTheSecond(lapse));
        if (alert.Period is { } period) Ours("Period", PeriodWords.Adjective(period) + (PeriodWords.Name(period, alert.Window) is { } window ? $", {window}" : ""));
    }

    private void Unpriced()
    {
        if (alert.Spent is { } booked) Ours("Booked this month", money.Format(booked));
    }

    private void Summary(SpendSummary summary)
    {
        Ours("Spent", money.Format(summary.Spent));
        Ours("Before", money.Format(summary.Before));
        if (summary.Outlook.Expected is { } expected) Ours("Month should end at", money.Format(expected));
    }

    private void Spike()
    {
        if (alert.Spent is { } today) Ours("Today", money.Format(today));
        if (alert.Limit is { } yesterday) Ours("Yesterday", money.Format(yesterday));
    }

    private string Pace(SpendForecast forecast) =>
        money.Format(forecast.Amount) + " at the end of the window" + (forecast.ReachedAt is { } at ? $"; the limit is reached on {_instants.Format(at)}" : "") + (forecast.Confidence is { } sure ? $"; confidence: {Words.ForecastConfidences.Of(sure)}" : "");

    private void Ours(string name, string value) => _facts.Add(new Fact(name, value, FromOutside: false));

    private void Others(string name, string value)
    {
        // Of control characters alone nothing is left, and services refuse a message with an empty field.
        if (OutsideText.Clean(value, CostCenterId.MaxLength) is { Length: > 0 } clean) _facts.Add(new Fact(name, clean, FromOutside: true));
    }
}
