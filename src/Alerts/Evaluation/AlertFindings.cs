using System.Collections.Immutable;
using System.Globalization;
using BudgetEngine.Domain.Alerts;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.Reports;
using BudgetEngine.Domain.Windows;
using BudgetEngine.Ledger.Alerts;

namespace BudgetEngine.Alerts.Evaluation;

/// <summary>What an evaluation has found: marks to fire and to arm again, and alerts that may be missing, by id.</summary>
internal sealed class AlertFindings
{
    /// <summary>A crossing, with what an alert about it needs.</summary>
    public sealed record Found(MarkKey Key, Crossing Crossing, AlertCause Cause);

    public List<Found> Fired { get; } = [];

    public List<MarkKey> Rearmed { get; } = [];

    public Dictionary<string, Alert> Candidates { get; } = new(StringComparer.Ordinal);

    private readonly Dictionary<string, DateTimeOffset> _pausedAt = new(StringComparer.Ordinal);

    /// <summary>In the order in which they are told: pauses as they were made and taken back, or the last word would be a wrong one.</summary>
    public IEnumerable<Alert> InOrder() =>
        Candidates.Values.OrderBy(a => a.Threshold).ThenBy(a => _pausedAt.GetValueOrDefault(a.Id)).ThenBy(a => a.Type).ThenBy(a => a.Id, StringComparer.Ordinal);

    /// <summary>What is told with the spend of the month.</summary>
    public static bool TellsSpend(Alert alert) => alert.Type is AlertType.ThresholdReached or AlertType.Denied or AlertType.Forecast or AlertType.Spike or AlertType.Unpriced;

    /// <summary>Thresholds, spike and forecast of one account.</summary>
    public void Evaluate(AccountKey key, IReadOnlySet<DateOnly> dates, AlertCause cause, EvaluationFacts facts, AlertContext context)
    {
        var budgeted = facts.LimitsOf(key);
        if (budgeted is not { } limits) return;
        var calendar = context.CalendarOf(key.CostCenter);
        var today = calendar.DateOf(context.Now);
        var seen = new HashSet<(Period, DateOnly)>();
        foreach (var date in dates)
        {
            var account = EvaluatedAccounts.At(key, date, limits, facts);
            foreach (var period in Window.Periods)
            {
                if (account.Figures(limits, period, date, context.Now) is not { } figures || !seen.Add((period, figures.Window))) continue;
                FindCrossings(key, figures, calendar, cause, facts, context);
                if (figures.Window == Window.Containing(period, today)) FindForecast(key, figures, calendar, facts, context);
            }
        }

        if (key.User.Length == 0) FindSpike(key, today, facts, context);
    }

    private void FindCrossings(AccountKey key, WindowFigures figures, TenantCalendar calendar, AlertCause cause, EvaluationFacts facts, AlertContext context)
    {
        var marks = facts.Marks[key].Where(m => m.Period == figures.Period && m.Window == figures.Window).ToDictionary(m => m.At);
        var (fired, rearmed) = (new List<Crossing>(), new List<ThresholdMark>());
        Crossings.Find(figures, marks, fired, rearmed);
        var late = calendar.EndOf(figures.Period, figures.Window) <= context.Now;
        foreach (var crossing in fired) Fired.Add(new Found(new MarkKey(key, crossing.Period, crossing.Window, crossing.At), crossing, late ? AlertCause.Late : cause));
        foreach (var mark in rearmed) Rearmed.Add(new MarkKey(key, mark.Period, mark.Window, mark.At));
    }

    private void FindForecast(AccountKey key, WindowFigures figures, TenantCalendar calendar, EvaluationFacts facts, AlertContext context)
    {
        // Today alone says little of a week or a month, and it is told once.
        if (ForecastOf(key, figures.Period, figures.Window, figures.Spent, figures.Limit, calendar, facts, context) is not { ReachedAt: not null, Days: not 0 } forecast) return;
        var id = AlertIds.OfWindowOnce(AlertType.Forecast, key.CostCenter, UserOf(key), figures.Period, figures.Window);
        Add(new Alert(id, AlertType.Forecast, key.CostCenter, UserOf(key), context.Now)
            .In(figures.Period, figures.Window, calendar, context.Now) with { Spent = figures.Spent, Limit = figures.Limit, Forecast = forecast });
    }

    private void FindSpike(AccountKey key, DateOnly today, EvaluationFacts facts, AlertContext context)
    {
        var (spent, before) = (Day(today), Day(today.AddDays(-1)));
        if (!Outlook.IsSpike(spent, before, context.SpikeFloor)) return;
        Add(new Alert(AlertIds.Of(AlertType.Spike, key.CostCenter, null, today, ""), AlertType.Spike, key.CostCenter, null, context.Now)
            .On(today, context) with { Spent = spent, Limit = before });

        Money Day(DateOnly date) => SpentOn(Period.Daily, date, key, facts);
    }

    public void AddCrossing(Found found, EvaluationFacts facts, AlertContext context)
    {
        var (key, crossing) = (found.Key.Account, found.Crossing);
        var calendar = context.CalendarOf(key.CostCenter);
        Add(new Alert(
            AlertIds.OfCrossing(key.CostCenter, UserOf(key), crossing.Period, crossing.Window, crossing.At, crossing.Generation), AlertType.ThresholdReached,
            key.CostCenter, UserOf(key), context.Now).In(crossing.Period, crossing.Window, calendar, context.Now) with
        {
            Threshold = crossing.At, Level = crossing.Level, Generation = crossing.Generation, Cause = found.Cause, Spent = crossing.Spent, Limit = crossing.Limit,
            Forecast = ForecastOf(key, crossing.Period, crossing.Window, crossing.Spent, crossing.Limit, calendar, facts, context),
        });
    }

    /// <summary>What is told of a whole window: the first denial in it, and that it is over.</summary>
    /// <param name="users">How many users' limits refused; 0: the cost center's own.</param>
    /// <param name="figures">Of a denial, as the cost center knew them; null: as the ledger has them now.</param>
    public void AddWindow(AlertType type, WindowKey window, int users, EvaluationFacts facts, AlertContext context, DenialFigures? figures = null)
    {
        var (key, user) = (window.Account, UserOf(window.Account));
        var limits = facts.LimitsOf(key);
        var calendar = context.CalendarOf(key.CostCenter);
        var date = window.Period == Period.Total ? calendar.DateOf(context.Now) : window.Window;
        var account = EvaluatedAccounts.At(key, date, limits ?? LimitSet.None, facts);
        Add(new Alert(AlertIds.OfWindowOnce(type, key.CostCenter, user, window.Period, window.Window), type, key.CostCenter, user, context.Now)
            .In(window.Period, window.Window, calendar, context.Now) with
        {
            // As they were when the check was refused: spend that has come since did not refuse it.
            Spent = figures?.Spent ?? account.Balances.Spent(window.Period, window.Window),
            Limit = figures?.Limit ?? (limits is null ? null : account.LimitOf(limits, window.Period, context.Now)),
            Held = figures?.Held,
            Reservations = figures?.Reservations,
            NextLapse = figures?.NextLapse,
            Users = users,
        });
    }

    public void AddPause(AlertType type, string costCenter, PauseEvent pause, DateOnly today, AlertContext context)
    {
        // Each pause is one event: a second one on the same day must be heard too.
        var detail = string.Create(CultureInfo.InvariantCulture, $"{pause.Model}\n{pause.At.UtcTicks / TimeSpan.TicksPerMicrosecond}");
        var id = AlertIds.Of(type, costCenter, pause.User, DateOnly.MinValue, detail);
        _pausedAt[id] = pause.At;
        Add(new Alert(id, type, costCenter, pause.User, context.Now).On(today, context) with
        {
            Model = pause.Model, Detail = Sentence(pause), By = pause.Expires ? null : pause.By, ResetsAt = type == AlertType.Paused ? pause.Until : null,
        });
    }

    private static string? Sentence(PauseEvent pause)
    {
        var what = pause.Model is { } model ? $"model {model}" : null;
        var why = pause.Expires ? "the time of the pause is over" : pause.Reason;
        return what is null ? why : why is null ? what : $"{what}: {why}";
    }

    public void AddEvent(AlertType type, string costCenter, DateOnly today, string? detail, AlertContext context) =>
        Add(new Alert(AlertIds.Of(type, costCenter, null, today, ""), type, costCenter, null, context.Now).On(today, context) with { Detail = detail });

    /// <summary>Once for a cost center, whenever it is found.</summary>
    /// <param name="near">The existing one that may have been meant; null: none is near.</param>
    public void AddCreated(string costCenter, DateOnly today, string? near, AlertContext context) =>
        Add(new Alert(AlertIds.Of(AlertType.CostCenterCreated, costCenter, null, DateOnly.MinValue, ""), AlertType.CostCenterCreated, costCenter, null, context.Now)
            .On(today, context) with { Detail = near });

    /// <summary>The alert with the models that spend most, and advice; of a user's only how fast they may spend; of unpriced usage what was booked for it.</summary>
    public static Alert WithSpend(Alert alert, SpendFacts facts, AlertContext context)
    {
        if (alert.Type == AlertType.Unpriced) return WithBasis(alert, facts, context);
        var own = alert.User is null ? facts : SpendFacts.None;
        (Money, Money, DateTimeOffset?)? window =
            alert is { Type: not AlertType.Spike, Spent: { } spent, Limit: { } limit, Period: not null } ? (spent, limit, alert.ResetsAt) : null;
        return alert with
        {
            TopModels = [.. own.Models.Where(m => m.Model.Length > 0).Take(Alert.MaxTopModels).Select(m => new ModelShare(m.Model, m.Spent))],
            Recommendations = context.Advise(own, window),
        };
    }

    /// <summary>By what is in force now, moments after the row was booked.</summary>
    private static Alert WithBasis(Alert alert, SpendFacts facts, AlertContext context)
    {
        // Null: not among the dearest models of the month, so what it comes to is not told.
        var spent = facts.Models.FirstOrDefault(m => m.Model == alert.Detail)?.Spent;
        var basis = context.Policies.PolicyOf(alert.CostCenter).DefaultPrice is not null ? UnpricedBasis.DefaultPrice
            : spent is { IsPositive: true } ? UnpricedBasis.DearestPrice
            : spent is null ? UnpricedBasis.Unknown : UnpricedBasis.Zero;
        return alert with { Spent = spent, Basis = basis };
    }

    private static SpendForecast? ForecastOf(
        AccountKey key, Period period, DateOnly window, Money spent, Money limit, TenantCalendar calendar, EvaluationFacts facts, AlertContext context) => period == Period.Total
            ? null
            : Outlook.Forecast(period, spent, limit, calendar.StartOfWindow(period, window), calendar.EndOf(period, window), context.Now, PaceOf(key, calendar.DateOf(context.Now), facts));

    private static SpendPace? PaceOf(AccountKey key, DateOnly today, EvaluationFacts facts)
    {
        var ended = new Money[SpendPace.MaxDays];
        for (var i = 0; i < ended.Length; i++) ended[i] = SpentOn(Period.Daily, today.AddDays(i - ended.Length), key, facts);
        return SpendPace.On(today, ended, SpentOn(Period.Daily, today, key, facts), SpentOn(Period.Monthly, Window.Containing(Period.Monthly, today), key, facts));
    }

    private static Money SpentOn(Period period, DateOnly window, AccountKey key, EvaluationFacts facts) =>
        facts.Balances[key].FirstOrDefault(b => b.Period == period && b.Dated.Date == window).Dated.Balance.Spent;

    private static string? UserOf(AccountKey key) => key.User.Length == 0 ? null : key.User;

    private void Add(Alert alert)
    {
        if (!Candidates.TryAdd(alert.Id, alert) && alert.Users > Candidates[alert.Id].Users) Candidates[alert.Id] = Candidates[alert.Id] with { Users = alert.Users };
    }
}

/// <summary>Where an alert stands in time.</summary>
internal static class AlertTimes
{
    public static Alert In(this Alert alert, Period period, DateOnly window, TenantCalendar calendar, DateTimeOffset now) => alert with
    {
        Period = period, Window = window, WindowStart = period == Period.Total ? null : calendar.StartOfWindow(period, window),
        ResetsAt = calendar.EndOf(period, window), TimeZone = calendar.ZoneAt(now),
    };

    public static Alert On(this Alert alert, DateOnly today, AlertContext context) =>
        alert with { Window = today, TimeZone = context.CalendarOf(alert.CostCenter).ZoneAt(context.Now) };
}
