using BudgetEngine.Domain.Alerts;
using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Domain.Windows;
using BudgetEngine.Ledger.Alerts;
using BudgetEngine.Ledger.Tests.Harness;
using Xunit.Abstractions;

namespace BudgetEngine.Ledger.Tests.Conformance.Alerts;

/// <summary>Windows of zones with summer time, and over a change of zone.</summary>
public abstract class AlertTimeSuite(LedgerHost host, ITestOutputHelper output) : AlertConformance(host, output)
{
    /// <summary>New York sets its clocks back on this day, at two in the morning: it has 25 hours.</summary>
    private static readonly DateOnly _longDay = new(2026, 11, 1);

    [LedgerFact]
    public async Task DayOfTwentyFiveHours_StartsAndResetsAtItsOwnMidnights()
    {
        await PutAsync("acme", Own(daily: 100, weekly: 100, monthly: 100), tenant: InZone("America/New_York"));
        await CommitAsync(Row("1", "acme", 75, date: _longDay));

        await EvaluateAsync("acme", date: _longDay, now: Utc(11, 1, 12));

        var alerts = (await AlertsAsync()).ToDictionary(a => a.Period!.Value);
        Assert.Equal((Utc(11, 1, 4), Utc(11, 2, 5), "America/New_York"), (alerts[Period.Daily].WindowStart!.Value, alerts[Period.Daily].ResetsAt!.Value, alerts[Period.Daily].TimeZone));
        Assert.Equal((new DateOnly(2026, 10, 26), Utc(10, 26, 4), Utc(11, 2, 5)), (alerts[Period.Weekly].Window, alerts[Period.Weekly].WindowStart!.Value, alerts[Period.Weekly].ResetsAt!.Value));
        Assert.Equal((_longDay, Utc(11, 1, 4), Utc(12, 1, 5)), (alerts[Period.Monthly].Window, alerts[Period.Monthly].WindowStart!.Value, alerts[Period.Monthly].ResetsAt!.Value));
    }

    [LedgerFact]
    public async Task DeniedInADayOfTwentyFiveHours_IsResetAfterTheTwentyFifth()
    {
        await PutAsync("acme", Own(daily: 100), tenant: InZone("America/New_York"));
        await EvaluateAsync(Utc(11, 1, 12), new AlertEvaluation.Denied("acme", null, _longDay, Period.Daily));

        await SweepAsync(Utc(11, 2, 4, 59));
        Assert.Empty(await AlertsAsync(AlertType.WindowReset));
        await SweepAsync(Utc(11, 2, 5));

        Assert.Single(await AlertsAsync(AlertType.WindowReset));
    }

    [LedgerFact]
    public async Task ZoneChangedAfterTheDenial_MovesTheReset()
    {
        await PutAsync("acme", Own(weekly: 100));
        await EvaluateAsync(null, new AlertEvaluation.Denied("acme", null, Monday, Period.Weekly));
        Assert.Equal(Utc(11, 23, 0), (await AlertsAsync(AlertType.Denied))[0].ResetsAt);
        // From the end of this day on, five hours behind: the week ends on Monday at five.
        var moved = TenantSettings.New("acme") with { Calendar = TenantCalendar.Utc.WithZone("America/New_York", Now) };
        await PutAsync("acme", Own(weekly: 100), tenant: moved);

        await SweepAsync(Utc(11, 23, 0));
        await SweepAsync(Utc(11, 23, 4, 59));
        Assert.Empty(await AlertsAsync(AlertType.WindowReset));
        await SweepAsync(Utc(11, 23, 5));

        var reset = Assert.Single(await AlertsAsync(AlertType.WindowReset));
        Assert.Equal((Utc(11, 23, 5), "America/New_York"), (reset.ResetsAt!.Value, reset.TimeZone));
    }

    [LedgerFact]
    public async Task ZoneFarAhead_CountsItsOwnDate()
    {
        await PutAsync("acme", Own(daily: 100), tenant: InZone("Asia/Ho_Chi_Minh"));
        var now = Utc(11, 21, 18);
        await SweepAsync(now);
        await CommitAsync(Row("1", "acme", 75, date: new DateOnly(2026, 11, 22)));

        await SweepAsync(now);

        var alert = Assert.Single(await AlertsAsync());
        Assert.Equal((new DateOnly(2026, 11, 22), Utc(11, 21, 17), Utc(11, 22, 17), AlertCause.Usage), (alert.Window, alert.WindowStart!.Value, alert.ResetsAt!.Value, alert.Cause));
    }

    [LedgerFact]
    public async Task Window_IsLate_FromTheInstantOfItsEndOn()
    {
        await PutAsync("acme", Own(daily: 100));
        await PutAsync("beta", Own(daily: 100));
        await CommitAsync(Row("1", "acme", 75), Row("2", "beta", 75));

        await EvaluateAsync("acme", now: Utc(11, 22, 0).AddTicks(-10));
        await EvaluateAsync("beta", now: Utc(11, 22, 0));

        Assert.Equal([("acme", AlertCause.Usage), ("beta", AlertCause.Late)], (await AlertsAsync()).Select(a => (a.CostCenter, a.Cause)));
    }

    private static TenantSettings InZone(string zone) => TenantSettings.New("acme") with { Calendar = TenantCalendar.Of(zone) };

    private static DateTimeOffset Utc(int month, int day, int hour, int minute = 0) => new(2026, month, day, hour, minute, 0, TimeSpan.Zero);
}
