using System.Globalization;
using BudgetEngine.Domain.Alerts;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Wording;

namespace BudgetEngine.Alerts.Text;

/// <summary>The title and the sentence of one alert: every type has its own.</summary>
internal sealed class AlertSentences(MoneyWords money, Alert alert)
{
    private readonly InstantWords _instants = new(alert.TimeZone);
    private readonly string _detail = OutsideText.Clean(alert.Detail);

    /// <summary>Who: a cost center, a user or a model of it, or the installation.</summary>
    private readonly string _who = (alert.CostCenter, alert.User, alert.Model) switch
    {
        ("", null, null) => "The installation",
        (var costCenter, null, null) => costCenter,
        (var costCenter, null, { } model) => $"{costCenter}, model {OutsideText.Clean(model)}",
        (var costCenter, { } user, null) => $"{costCenter}, user {OutsideText.Clean(user)}",
        var (costCenter, user, model) => $"{costCenter}, user {OutsideText.Clean(user)}, model {OutsideText.Clean(model)}",
    };

    private SummaryText? Summary => alert.Summary is { } summary ? new SummaryText(money, alert.CostCenter, summary) : null;

    /// <summary>Users are told of together: the first is named.</summary>
    private string Others => alert.Users > 1 ? string.Create(CultureInfo.InvariantCulture, $" About {alert.Users} users were denied by budgets of their own.") : "";

    private string Budget => alert.Period is { } period ? $"{PeriodWords.Adjective(period)} budget" : "budget";

    public string Title => alert.Type switch
    {
        AlertType.ThresholdReached when alert.Threshold is >= 1 => $"{_who}: {Budget} used up{Above100}",
        AlertType.ThresholdReached => $"{_who}: {MoneyWords.Percent(alert.Threshold ?? 0)} of the {Budget} used",
        AlertType.Denied when IsAllHeld => $"{_who}: the {Budget} is held by open reservations",
        AlertType.Denied => $"{_who}: the {Budget} denies requests",
        AlertType.WindowReset => $"{_who}: the {Budget} has begun anew",
        AlertType.Paused => $"{_who}: paused",
        AlertType.Resumed => $"{_who}: resumed",
        AlertType.Spike => $"{_who}: spend is far above yesterday's",
        AlertType.Forecast => $"{_who}: the {Budget} will not last",
        AlertType.Unpriced => $"{_who}: usage without a price",
        AlertType.Conflict => $"{_who}: one request id, two contents",
        AlertType.Unsettled => $"{_who}: a reservation was never settled",
        AlertType.ChannelDead => "An alert channel takes no alerts",
        AlertType.ChannelTest => "Test of this alert channel",
        AlertType.CostCenterCreated => $"{_who}: a new {Kind}",
        AlertType.SpendSummary when Summary is { } summary => summary.Title,
        _ => $"{_who}: alert",
    };

    public string Sentence => alert.Type switch
    {
        AlertType.ThresholdReached => $"{_who} has spent {OfLimit}, {TheBudget}.{Cause}{Resets}",
        AlertType.Denied => $"A request of {_who} was denied by {TheBudget}, of which {OfLimit} is spent{Held}.{Return}{Others}",
        AlertType.WindowReset => $"{TheBudgetAtStart} of {_who} had denied requests and is over{Before}.{Others} A new window has begun, and requests are allowed again.",
        AlertType.Paused => $"{_who} was paused{By}{(alert.ResetsAt is { } until ? $" until {_instants.Format(until)}" : "")}: requests are denied.{Reason}",
        AlertType.Resumed => $"{_who} was resumed{By}: requests are allowed again, as far as budgets go.{Reason}",
        AlertType.Spike => $"{_who} has spent {Amount(alert.Spent)} today, {Times} of yesterday ({Amount(alert.Limit)}).",
        AlertType.Forecast => $"At {Pace} {_who} reaches the {PeriodWords.AdjectiveOf(alert.Period)}limit of {Amount(alert.Limit)}{ReachedAt}, "
            + $"before the window ends: {OfLimit} spent so far.{Sure}{Resets}",
        AlertType.Unpriced => $"{_who} has used {Named("a model", "the model ")}, for which there is no price. {Booked} Enter the price, then have the usage priced again.",
        AlertType.Conflict => $"{_who} has sent {Named("a request id", "the request id ")} with other content than the record that has it already. That one stays; the new one was refused or, where the first is another cost center's, booked beside it and flagged conflict.",
        AlertType.Unsettled => $"A reservation of {_who} has lapsed without having been settled or released{Named("", ": ")}. What was spent on it is not known.",
        AlertType.ChannelDead => $"Alerts do not arrive{Named("", " at ")}. What it should have told can be sent again by hand once it is mended.",
        AlertType.CostCenterCreated => $"The first usage of {_who} was recorded, a {Kind} that had neither usage nor a budget.{Named("", " There is another with a name like it: ")}{(_detail.Length == 0 ? "" : ". If that was meant, correct the sender.")}",
        AlertType.SpendSummary when Summary is { } summary => summary.Sentence,
        AlertType.ChannelTest => "This message was made by hand, to try the channel. It works: alerts arrive like this one.",
        _ => $"{_who}: {_detail}",
    };

    /// <summary>One line of a message that tells of several.</summary>
    public string Line => alert is { Type: AlertType.ThresholdReached, Spent: { } spent, Limit: { } limit }
        ? $"{Title} ({money.FormatOf(spent, limit)}{(alert.Level is { } level ? $", {OutsideText.Clean(level)}" : "")})"
        : Title;

    private string Above100 => alert.Threshold is > 1 ? $" ({MoneyWords.Percent(alert.Threshold.Value)} threshold)" : "";

    /// <summary><c>$400.12 of $500.00 (80%)</c>.</summary>
    private string OfLimit => (alert.Spent, alert.Limit) switch
    {
        ({ } spent, { } limit) => money.FormatOfWithPercent(spent, limit),
        ({ } spent, null) => money.Format(spent),
        _ => "an unknown amount",
    };

    private string TheBudget => alert.Period is { } period ? $"the {PeriodWords.Adjective(period)} budget{PeriodWords.ForWindow(period, alert.Window)}" : "the budget";

    /// <summary>What stands against the limit is held rather than spent, and leaves nothing.</summary>
    private bool IsAllHeld => alert is { Spent: { } spent, Limit: { } limit, Held: { IsPositive: true } held } && spent < limit && spent + held >= limit;

    private string Held => alert.Held is not { IsPositive: true } held ? "" : alert.Reservations switch
    {
        1 => $", and {money.Format(held)} is held by 1 open reservation",
        { } count => string.Create(CultureInfo.InvariantCulture, $", and {money.Format(held)} is held by {count} open reservations"),
        null => $", and {money.Format(held)} is held",
    };

    /// <summary>When a request may pass again: held money comes back before the window resets.</summary>
    private string Return => alert switch
    {
        { Spent: { } spent, Limit: { } limit } when spent < limit => alert.Held is { IsPositive: true }
            ? $" What is held comes back as it is settled or released, or lapses{(alert.NextLapse is { } at ? $", the next on {_instants.FormatToTheSecond(at)}" : "")}."
            : $"{(alert.Reservations == 0 ? " It asked for more than is left." : "")} What fits into what is left is allowed.{Resets}",
        _ => $" What does not fit into it is denied{UntilReset}.",
    };

    private string Booked => (alert.Basis, alert.Spent) switch
    {
        (UnpricedBasis.Zero, _) => "It is booked at 0 so far: there is no price to go by, or nothing was counted.",
        (UnpricedBasis.DefaultPrice, { } spent) => $"It is booked at the default price of its budget, and counts: {money.Format(spent)} this month.",
        (UnpricedBasis.DefaultPrice, null) => "It is booked at the default price of its budget, and counts.",
        (UnpricedBasis.DearestPrice, { } spent) => $"It is booked at the dearest price of the price book, and counts: {money.Format(spent)} this month.",
        _ => "It is booked at the dearest price of the price book, if that has one, and counts.",
    };

    private string TheBudgetAtStart => "T" + TheBudget[1..];

    private string Before => alert is { Spent: { } spent, Limit: { } limit } ? $", with {money.FormatOf(spent, limit)} spent" : "";

    private string Resets => alert.ResetsAt is { } at && at > alert.At ? $" It resets on {_instants.Format(at)}." : "";

    private string UntilReset => alert.ResetsAt is { } at ? $" until it resets on {_instants.Format(at)}" : " until the limit is raised";

    private string ReachedAt => alert.Forecast?.ReachedAt is { } at ? $" on {_instants.Format(at)}" : "";

    private string Kind => alert.CostCenter.Contains('/', StringComparison.Ordinal) ? "cost center" : "tenant";

    private string Pace => alert.Forecast?.Days switch
    {
        null or 0 => "this pace",
        1 => "the pace of its last ended day",
        { } days => string.Create(CultureInfo.InvariantCulture, $"the pace of its last {days} ended days"),
    };

    private string Sure => alert.Forecast?.Confidence is { } confidence ? $" Confidence: {Words.ForecastConfidences.Of(confidence)}." : "";

    private string By => string.IsNullOrEmpty(alert.By) ? "" : $" by {OutsideText.Clean(alert.By)}";

    private string Named(string unnamed, string before) => _detail.Length == 0 ? unnamed : before + _detail;

    /// <summary>Of a model's pause without the model, which the sentence has named.</summary>
    private string Reason
    {
        get
        {
            var model = alert.Model is null ? "" : $"model {OutsideText.Clean(alert.Model)}";
            var why = model.Length > 0 && _detail.StartsWith(model, StringComparison.Ordinal) ? _detail[model.Length..].TrimStart(':', ' ') : _detail;
            return why.Length == 0 ? "" : $" Reason: {why}";
        }
    }

    private string Cause => alert.Cause switch
    {
        AlertCause.Correction => " A correction brought it there.",
        AlertCause.LimitChange => " A change of the limit or of the threshold brought it there.",
        _ => "",
    };

    private string Times => alert is { Spent: { } today, Limit: { Nanos: > 0 } yesterday }
        ? (decimal.Floor((decimal)today.Nanos / yesterday.Nanos * 10) / 10).ToString("#,0.#", CultureInfo.InvariantCulture) + " times the whole"
        : "more than the whole";

    private string Amount(Money? amount) => amount is { } known ? money.Format(known) : "an unknown amount";
}
