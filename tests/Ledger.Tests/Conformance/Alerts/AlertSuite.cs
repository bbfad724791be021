using BudgetEngine.Domain.Alerts;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.Usage;
using BudgetEngine.Domain.Windows;
using BudgetEngine.Ledger.Tests.Harness;
using Xunit.Abstractions;

namespace BudgetEngine.Ledger.Tests.Conformance.Alerts;

/// <summary>Crossings: found by level, from the ledger's own balances, each told once.</summary>
public abstract class AlertSuite(LedgerHost host, ITestOutputHelper output) : AlertConformance(host, output)
{
    [LedgerFact]
    public async Task Crossing_OfEveryPeriod_NamesItsOwnWindow()
    {
        await PutAsync("acme", Own(daily: 100, weekly: 200, monthly: 300, total: 400));
        await SweepAsync();
        await CommitAsync(
            Row("1", "acme/x", 80), Row("2", "acme/x", 60, date: Today.AddDays(-1)), Row("3", "acme", 70, date: new DateOnly(2026, 11, 2)),
            Row("4", "acme", 70, date: new DateOnly(2026, 10, 5)));

        await SweepAsync();

        var found = (await AlertsAsync()).Select(a => (a.Period!.Value, a.Window, a.Threshold!.Value, a.Cause, a.Spent!.Value.Nanos, a.Limit!.Value.Nanos)).Order();
        Assert.Equal(
            [
                (Period.Daily, new DateOnly(2026, 10, 5), 0.7m, AlertCause.Late, 70L, 100L), (Period.Daily, new DateOnly(2026, 11, 2), 0.7m, AlertCause.Late, 70, 100),
                (Period.Daily, Today, 0.7m, AlertCause.Usage, 80, 100), (Period.Weekly, Monday, 0.7m, AlertCause.Usage, 140, 200),
                (Period.Monthly, First, 0.7m, AlertCause.Usage, 210, 300), (Period.Total, DateOnly.MinValue, 0.7m, AlertCause.Usage, 280, 400),
            ],
            found);
    }

    [LedgerFact]
    public async Task Crossing_SaysAllThatPeopleNeed()
    {
        await PutAsync("acme", Own(daily: 1_000_000_000));
        await CommitAsync(Row("1", "acme/x", 700_000_000));

        await EvaluateAsync("acme");

        var alert = Assert.Single(await AlertsAsync());
        Assert.Equal(
            (AlertIds.OfCrossing("acme", null, Period.Daily, Today, 0.7m, 0), AlertType.ThresholdReached, "acme", (string?)null, Now, "warning", 0, AlertCause.Usage),
            (alert.Id, alert.Type, alert.CostCenter, alert.User, alert.At, alert.Level, alert.Generation, alert.Cause));
        Assert.Equal((Now.Date, Now.Date.AddDays(1)), (alert.WindowStart!.Value.UtcDateTime, alert.ResetsAt!.Value.UtcDateTime));
        Assert.Equal(("UTC", 0.7m), (alert.TimeZone, alert.Utilization!.Value));
        // 0.70 in 10 hours: 1.68 in 24, and 1.00 after 14 h 17 min.
        Assert.Equal(1_680_000_000, alert.Forecast!.Amount.Nanos);
        Assert.Equal(Now.Date.AddHours(10) + TimeSpan.FromTicks(10 * TimeSpan.TicksPerHour * 3 / 7), alert.Forecast.ReachedAt!.Value.UtcDateTime, TimeSpan.FromMilliseconds(1));
        Assert.Contains(alert.Recommendations, r => r.Kind == RecommendationKind.SafeRate && r.Amount.Nanos == 300_000_000);
        Assert.Equal(alert.At, (await Store.Alerts.ReadAlertAsync(alert.Id, None))!.Alert.At);
        Assert.Null(await Store.Alerts.ReadAlertAsync("alr_none", None));
    }

    [LedgerFact]
    public async Task Crossing_ExactlyAtItsAmount_IsReached_AndOneBelowIsNot()
    {
        await PutAsync("acme/at", Own(daily: 101));
        await PutAsync("acme/below", Own(daily: 101));
        // 0.7 x 101 = 70.7, rounded up.
        await CommitAsync(Row("1", "acme/at", 71), Row("2", "acme/below", 70));

        await SweepAsync();

        Assert.Equal(["acme/at"], (await AlertsAsync()).Select(a => a.CostCenter));
    }

    [LedgerFact]
    public async Task SeveralThresholds_PassedAtOnce_GiveOneAlertEach_LowestFirst()
    {
        await PutAsync("acme", Own(daily: 100));
        await CommitAsync(Row("1", "acme", 96));

        await EvaluateAsync("acme");

        Assert.Equal([0.7m, 0.9m, 0.95m], await ThresholdsAsync());
        Assert.Equal(["warning", "critical", "emergency"], (await AlertsAsync()).Select(a => a.Level));
    }

    [LedgerFact]
    public async Task OwnThresholds_AndLevels_AreTold_AboveTheLimitToo()
    {
        await PutAsync("acme", Own(daily: 100, thresholds: [new(0.25m, "heads-up"), new(0.333333333m, "third"), new(1.5m, "far-over")]));
        await CommitAsync(Row("1", "acme", 34));
        await SweepAsync();
        Assert.Equal([(0.25m, "heads-up"), (0.333333333m, "third")], (await AlertsAsync()).Select(a => (a.Threshold!.Value, a.Level!)));

        await CommitAsync(Row("2", "acme", 116));
        await SweepAsync();
        // The limit itself has no threshold here: it is remembered, but nobody is told.
        Assert.Equal([0.25m, 0.333333333m, 1.5m], await ThresholdsAsync());
        Assert.Equal([(Period.Daily, Today)], (await Store.Spend.ReadSpentSinceAsync(["acme"], None)).Select(s => (s.Period, s.Window)));
    }

    [LedgerFact]
    public async Task LimitOfZero_IsReachedByTheFirstNanoUnit()
    {
        await PutAsync("acme", Own(daily: 0, thresholds: [new(0.5m, "any")]));
        await CommitAsync(Row("0", "acme", 0));
        await SweepAsync();
        Assert.Empty(await AlertsAsync());

        await CommitAsync(Row("1", "acme", 1));
        await SweepAsync();
        Assert.Null(Assert.Single(await AlertsAsync()).Utilization);
    }

    [LedgerFact]
    public async Task PerUser_EveryUserIsToldApart_AnonymousToo()
    {
        await PutAsync("acme", Budget.Empty with { PerUser = Limited(daily: 100) });
        await CommitAsync(Row("1", "acme/x", 70, "amy"), Row("2", "acme/y", 60, "bob"), Row("3", "acme", 90, UsageRow.AnonymousUser));

        await SweepAsync();

        Assert.Equal(
            [("amy", 0.7m), (UsageRow.AnonymousUser, 0.7m), (UsageRow.AnonymousUser, 0.9m)],
            (await AlertsAsync()).Select(a => (a.User!, a.Threshold!.Value)).Order());
        Assert.All(await AlertsAsync(), a => Assert.Equal("acme", a.CostCenter));
    }

    [LedgerFact]
    public async Task UsersOwnBudget_StandsInsteadOfTheDefault()
    {
        await PutAsync("acme", Budget.Empty with { PerUser = Limited(daily: 100) });
        await PutAsync("acme", Own(daily: 10), "amy");
        await CommitAsync(Row("1", "acme", 8, "amy"), Row("2", "acme", 8, "bob"));

        await SweepAsync();

        Assert.Equal([("amy", 0.7m)], (await AlertsAsync()).Select(a => (a.User!, a.Threshold!.Value)));
    }

    [LedgerFact]
    public async Task UsersOwnBudget_OfTotal_SeesSpendOfEarlierMonths()
    {
        await CommitAsync(Row("1", "acme", 8, "amy", new DateOnly(2026, 9, 1)));
        await SweepAsync();

        await PutAsync("acme", Own(total: 10), "amy");
        await SweepAsync();

        Assert.Equal([("amy", Period.Total, AlertCause.LimitChange)], (await AlertsAsync()).Select(a => (a.User!, a.Period!.Value, a.Cause)));
    }

    [LedgerFact]
    public async Task PerChild_LimitsDirectChildrenWithoutABudgetOfTheirOwn()
    {
        await PutAsync("acme", Budget.Empty with { PerChild = Limited(daily: 100) });
        await PutAsync("acme/own", Own(daily: 1_000));
        await CommitAsync(Row("1", "acme/x/deep", 70), Row("2", "acme/own", 90));

        await SweepAsync();

        Assert.Equal([("acme/x", 0.7m)], (await AlertsAsync()).Select(a => (a.CostCenter, a.Threshold!.Value)));
    }

    [LedgerFact]
    public async Task PerChild_SetLate_LooksAtTheChildrenThatThereAre()
    {
        await CommitAsync(Row("1", "acme/x", 70), Row("2", "acme/y", 20));
        await SweepAsync();

        await PutAsync("acme", Budget.Empty with { PerChild = Limited(daily: 100), PerUser = Limited(daily: 90) });
        await SweepAsync();

        Assert.Equal(
            [("acme", "u-1", 0.7m, AlertCause.LimitChange), ("acme", "u-1", 0.9m, AlertCause.LimitChange), ("acme", "u-1", 0.95m, AlertCause.LimitChange),
                ("acme", "u-1", 1m, AlertCause.LimitChange), ("acme/x", "", 0.7m, AlertCause.LimitChange)],
            (await AlertsAsync()).Select(a => (a.CostCenter, a.User ?? "", a.Threshold!.Value, a.Cause)).Order());
    }

    [LedgerFact]
    public async Task Increase_InForce_IsPartOfTheLimit_AndItsEndIsLookedAt()
    {
        await PutAsync("acme", Own(daily: 100));
        await Store.Increases.PutIncreaseAsync(IncreaseOf("i", 100, Now.AddHours(1)), Admin, None);
        await CommitAsync(Row("1", "acme", 95));
        await SweepAsync();
        Assert.Empty(await AlertsAsync());

        // Due at its end, by the list alone.
        await SweepAsync(Now.AddMinutes(59));
        Assert.Empty(await AlertsAsync());
        await SweepAsync(Now.AddHours(1));

        var alerts = await AlertsAsync();
        Assert.Equal([0.7m, 0.9m, 0.95m], alerts.Select(a => a.Threshold!.Value));
        Assert.All(alerts, a => Assert.Equal((AlertCause.LimitChange, 100L), (a.Cause, a.Limit!.Value.Nanos)));
    }

    [LedgerFact]
    public async Task Increase_OfAUser_EndsForThatUser()
    {
        await PutAsync("acme", Budget.Empty with { PerUser = Limited(daily: 100) });
        await Store.Increases.PutIncreaseAsync(IncreaseOf("i", 100, Now.AddHours(1), user: "amy"), Admin, None);
        await CommitAsync(Row("1", "acme", 80, "amy"), Row("2", "acme", 60, "bob"));
        await SweepAsync();
        Assert.Empty(await AlertsAsync());

        await SweepAsync(Now.AddHours(1));

        Assert.Equal(["amy"], (await AlertsAsync()).Select(a => a.User));
    }

    [LedgerFact]
    public async Task Cause_IsUsage_CorrectionOrLimitChange()
    {
        await PutAsync("acme/usage", Own(daily: 100));
        await PutAsync("acme/correction", Own(daily: 100));
        await PutAsync("acme/limit", Own(daily: 1_000));
        await SweepAsync();
        await CommitAsync(Row("1", "acme/usage", 75), Row("2", "acme/correction", 60), Row("3", "acme/limit", 75));
        await SweepAsync();

        await CommitAsync(Correction("c", "acme/correction", "2", 15));
        await PutAsync("acme/limit", Own(daily: 100));
        await SweepAsync();

        Assert.Equal(
            [("acme/correction", AlertCause.Correction), ("acme/limit", AlertCause.LimitChange), ("acme/usage", AlertCause.Usage)],
            (await AlertsAsync()).Select(a => (a.CostCenter, a.Cause)).Order());
    }

    [LedgerFact]
    public async Task WeeklyLimit_PassedByTwoRecordsOfDifferentDaysAtOnce_IsTold()
    {
        await PutAsync("acme", Own(weekly: 100));

        await CommitAsync(Row("1", "acme", 40, date: Today), Row("2", "acme", 40, date: Today.AddDays(-2)));
        await SweepAsync();

        Assert.Equal([(Period.Weekly, Monday, 80L)], (await AlertsAsync()).Select(a => (a.Period!.Value, a.Window, a.Spent!.Value.Nanos)));
    }

    [LedgerFact]
    public async Task LateCrossing_IsStored_AndSentToNoChannel()
    {
        await PutChannelsAsync(ChannelOf("hook"));
        await PutAsync("acme", Own(daily: 100));
        await CommitAsync(Row("1", "acme", 75, date: Today.AddDays(-3)));

        Assert.Empty(await SweepAsync());

        var alert = Assert.Single(await AlertsAsync());
        Assert.Equal((AlertCause.Late, Today.AddDays(-3)), (alert.Cause, alert.Window));
        Assert.Empty(await DeliveriesAsync(alert.Id));
    }

    [LedgerFact]
    public async Task TheSameEvaluation_AsOftenAsYouLike_TellsOnce()
    {
        await PutChannelsAsync(ChannelOf("hook"));
        await PutAsync("acme", Own(daily: 100));
        await CommitAsync(Row("1", "acme", 75));

        Assert.Equal(["hook"], (await EvaluateAsync("acme")).Channels);
        Assert.Empty((await EvaluateAsync("acme")).Channels);
        Assert.Empty(await SweepAsync());
        await CommitAsync(Row("2", "acme", 1));
        Assert.Empty(await SweepAsync());

        Assert.Single(await DeliveriesAsync(Assert.Single(await AlertsAsync()).Id));
    }

    [LedgerFact]
    public async Task AnEndedWindow_ThatFired_DoesNotFireAgain()
    {
        await PutAsync("acme", Own(daily: 100));
        await CommitAsync(Row("1", "acme", 75));
        await SweepAsync();

        await CommitAsync(Row("2", "acme", 5));
        await SweepAsync(Now.AddDays(3));

        Assert.Single(await AlertsAsync());
    }
}
