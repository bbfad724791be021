using BudgetEngine.Alerts.Evaluation;
using BudgetEngine.Domain.Alerts;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.Reports;
using BudgetEngine.Domain.Usage;
using BudgetEngine.Domain.Windows;
using BudgetEngine.Ledger.Alerts;
using BudgetEngine.Ledger.Tests.Harness;
using Xunit.Abstractions;

namespace BudgetEngine.Ledger.Tests.Conformance.Alerts;

/// <summary>Events other than crossings, each at most once per cost center, window and kind.</summary>
public abstract class AlertEventSuite(LedgerHost host, ITestOutputHelper output) : AlertConformance(host, output)
{
    [LedgerFact]
    public async Task Denied_IsToldOncePerWindow_WithTheFiguresOfTheWindow()
    {
        await PutAsync("acme", Own(daily: 100, weekly: 500));
        await CommitAsync(Row("1", "acme", 60));

        for (var i = 0; i < 3; i++) await EvaluateAsync(null, Denied(Period.Daily, Today));
        await EvaluateAsync(null, Denied(Period.Weekly, Monday));
        await EvaluateAsync(Now.AddDays(1), Denied(Period.Daily, Today.AddDays(1)));

        Assert.Equal(
            [(Period.Daily, Today, 60L, 100L), (Period.Weekly, Monday, 60, 500), (Period.Daily, Today.AddDays(1), 0, 100)],
            (await AlertsAsync(AlertType.Denied)).Select(a => (a.Period!.Value, a.Window, a.Spent!.Value.Nanos, a.Limit!.Value.Nanos)));
    }

    [LedgerFact]
    public async Task Denied_WithWhatWasHeld_IsToldWithTheFiguresOfTheRefusal()
    {
        await PutAsync("acme", Own(daily: 100));
        var lapse = Now.AddSeconds(59);
        var denied = Denied(Period.Daily, Today) with { Figures = new DenialFigures(Money.Zero, new Money(100), new Money(100), 50, lapse) };
        // Spent since: it did not refuse the check.
        await CommitAsync(Row("1", "acme", 60));

        await EvaluateAsync(null, denied);

        var alert = Assert.Single(await AlertsAsync(AlertType.Denied));
        Assert.Equal((0L, 100L, 100L, 50, lapse), (alert.Spent!.Value.Nanos, alert.Limit!.Value.Nanos, alert.Held!.Value.Nanos, alert.Reservations!.Value, alert.NextLapse!.Value));
    }

    [LedgerFact]
    public async Task Unsettled_PutOff_StillSaysWhose()
    {
        var lapsed = new LapsedReservation("acme/made-up", "u-17", "gpt-4.1", "req-" + new string('x', 1_996), 250_000_000, Now);
        await Store.Evaluations.ScheduleAsync([new AlertEvaluation.Unsettled("acme", lapsed)], None);

        await SweepAsync();

        var alert = Assert.Single(await AlertsAsync(AlertType.Unsettled));
        Assert.StartsWith("cost center acme/made-up, user u-17, model gpt-4.1, 0.25 USD held since ", alert.Detail, StringComparison.Ordinal);
        Assert.EndsWith(lapsed.RequestId!, alert.Detail, StringComparison.Ordinal);
    }

    [LedgerFact]
    public async Task Denied_OfTotal_NeverResets()
    {
        await PutAsync("acme", Own(total: 100));
        await CommitAsync(Row("1", "acme", 60, date: new DateOnly(2026, 5, 5)), Row("2", "acme", 30));

        await EvaluateAsync(null, Denied(Period.Total, DateOnly.MinValue), Denied(Period.Total, DateOnly.MinValue));
        await SweepAsync(Now.AddYears(1));

        var alert = Assert.Single(await AlertsAsync(AlertType.Denied));
        Assert.Equal((90L, DateOnly.MinValue, (DateTimeOffset?)null), (alert.Spent!.Value.Nanos, alert.Window, alert.ResetsAt));
        Assert.Empty(await AlertsAsync(AlertType.WindowReset));
    }

    [LedgerFact]
    public async Task Denied_OfAUser_IsThatUsers()
    {
        await PutAsync("acme", Budget.Empty with { PerUser = Limited(daily: 100) });
        await CommitAsync(Row("1", "acme/x", 60, "amy"));

        await EvaluateAsync(null, Denied(Period.Daily, Today) with { User = "amy" });

        Assert.Equal([("amy", 60L)], (await AlertsAsync(AlertType.Denied)).Select(a => (a.User!, a.Spent!.Value.Nanos)));
    }

    [LedgerFact]
    public async Task Denied_OfManyUsers_IsToldOnce_WithACount_AndItsEndToo()
    {
        await PutAsync("acme", Budget.Empty with { PerUser = Limited(daily: 100) });
        for (var i = 1; i <= 64; i *= 2) await EvaluateAsync(null, Denied(Period.Daily, Today) with { User = $"made-up-{i}", Users = i });
        await EvaluateAsync(null, Denied(Period.Daily, Today));

        Assert.Equal([("made-up-1", 64), (null, 0)], (await AlertsAsync(AlertType.Denied)).Select(a => (a.User, a.Users)));

        await SweepAsync(Now.AddDays(2));
        Assert.Equal([(null, 0), ("made-up-1", 64)], (await AlertsAsync(AlertType.WindowReset)).Select(a => (a.User, a.Users)).Order());
    }

    [LedgerFact]
    public async Task WindowReset_IsToldAtTheEndOfAWindowThatDenied_AndOfNoOther()
    {
        await PutChannelsAsync(ChannelOf("hook"));
        await PutAsync("acme", Own(daily: 100, weekly: 500));
        await CommitAsync(Row("1", "acme", 97));
        await EvaluateAsync(null, Denied(Period.Daily, Today));

        await SweepAsync(Now.AddHours(13));
        Assert.Empty(await AlertsAsync(AlertType.WindowReset));
        Assert.Equal(["hook"], await SweepAsync(new DateTimeOffset(2026, 11, 22, 0, 0, 0, TimeSpan.Zero)));
        await SweepAsync(Now.AddDays(8));

        var alert = Assert.Single(await AlertsAsync(AlertType.WindowReset));
        Assert.Equal((Period.Daily, Today, 97L, 100L), (alert.Period!.Value, alert.Window, alert.Spent!.Value.Nanos, alert.Limit!.Value.Nanos));
    }

    [LedgerFact]
    public async Task WindowReset_OfAMonth_KnowsWhatTheMonthSpent()
    {
        await PutAsync("acme", Own(monthly: 100));
        await CommitAsync(Row("1", "acme", 55, date: First), Row("2", "acme", 44));
        await EvaluateAsync(null, Denied(Period.Monthly, First));

        await SweepAsync(new DateTimeOffset(2026, 12, 1, 0, 0, 1, TimeSpan.Zero));

        var alert = Assert.Single(await AlertsAsync(AlertType.WindowReset));
        Assert.Equal((99L, First), (alert.Spent!.Value.Nanos, alert.Window));
    }

    [LedgerFact]
    public async Task Pause_AndItsEndByHand_AreTold_EachTime()
    {
        var pause = PauseUntil(null) with { Reason = "runaway" };
        await Store.Pauses.PutPauseAsync(pause, Admin, None);
        await SweepAsync();
        await Store.Pauses.DeletePauseAsync("acme", null, null, Admin with { At = Now.AddMinutes(1) }, None);
        await SweepAsync(Now.AddMinutes(1));
        await Store.Pauses.PutPauseAsync(pause with { At = Now.AddMinutes(2) }, Admin, None);
        await SweepAsync(Now.AddMinutes(2));

        var paused = await AlertsAsync(AlertType.Paused);
        Assert.Equal([("acme", "runaway", "k"), ("acme", "runaway", "k")], paused.Select(a => (a.CostCenter, a.Detail!, a.By!)));
        Assert.Equal([("because", "key-1")], (await AlertsAsync(AlertType.Resumed)).Select(a => (a.Detail!, a.By!)));
        Assert.Equal(2, paused.Select(a => a.Id).Distinct().Count());
    }

    [LedgerFact]
    public async Task Pauses_FoundAtOnce_AreToldInTheOrderInWhichTheyWereMade()
    {
        for (var i = 0; i < 3; i++)
        {
            await Store.Pauses.PutPauseAsync(PauseUntil(null) with { At = Now.AddMilliseconds(i * 20) }, Admin, None);
            await Store.Pauses.DeletePauseAsync("acme", null, null, Admin with { At = Now.AddMilliseconds((i * 20) + 10) }, None);
        }

        await SweepAsync(Now.AddMilliseconds(100));

        var told = (await Store.Alerts.ReadAlertsAsync(null, null, null, 1_000, None)).Select(a => a.Alert.Type).Reverse();
        Assert.Equal([AlertType.Paused, AlertType.Resumed, AlertType.Paused, AlertType.Resumed, AlertType.Paused, AlertType.Resumed], told);
    }

    [LedgerFact]
    public async Task Pause_OfAUserAndAModel_SaysWhich()
    {
        await Store.Pauses.PutPauseAsync(PauseUntil(Now.AddHours(1)) with { User = "amy", Model = "gpt" }, Admin, None);

        await SweepAsync();

        var alert = Assert.Single(await AlertsAsync(AlertType.Paused));
        Assert.Equal(("amy", "model gpt", Now.AddHours(1)), (alert.User!, alert.Detail!, alert.ResetsAt!.Value));
    }

    [LedgerFact]
    public async Task Pause_ThatEndsByItself_IsToldAtItsEnd_Once()
    {
        await Store.Pauses.PutPauseAsync(PauseUntil(Now.AddHours(1)), Admin, None);
        await SweepAsync();
        await SweepAsync(Now.AddMinutes(59));
        Assert.Empty(await AlertsAsync(AlertType.Resumed));

        await SweepAsync(Now.AddHours(1));
        await Store.Pauses.DeletePauseAsync("acme", null, null, Admin with { At = Now.AddHours(2) }, None);
        await SweepAsync(Now.AddHours(2));

        var alert = Assert.Single(await AlertsAsync(AlertType.Resumed));
        Assert.Equal(("the time of the pause is over", (string?)null), (alert.Detail!, alert.By));
    }

    [LedgerFact]
    public async Task Pause_EndedByItself_AndTakenAwayBeforeAnybodyLooked_IsStillToldAsResumed()
    {
        await Store.Pauses.PutPauseAsync(PauseUntil(Now.AddHours(1)), Admin, None);
        await SweepAsync();

        await Store.Pauses.DeletePauseAsync("acme", null, null, Admin with { At = Now.AddHours(1).AddMilliseconds(300) }, None);
        await SweepAsync(Now.AddHours(1).AddSeconds(1));
        await SweepAsync(Now.AddHours(2));

        Assert.Single(await AlertsAsync(AlertType.Resumed));
    }

    [LedgerFact]
    public async Task Pause_Replaced_DoesNotEndWithTheOldOne()
    {
        await Store.Pauses.PutPauseAsync(PauseUntil(Now.AddHours(1)), Admin, None);
        await SweepAsync();
        await Store.Pauses.PutPauseAsync(PauseUntil(Now.AddHours(3)) with { At = Now.AddMinutes(1) }, Admin, None);
        await SweepAsync(Now.AddHours(2));
        Assert.Empty(await AlertsAsync(AlertType.Resumed));
        Assert.Equal(2, (await AlertsAsync(AlertType.Paused)).Count);

        await SweepAsync(Now.AddHours(3));

        Assert.Single(await AlertsAsync(AlertType.Resumed));
    }

    [LedgerFact]
    public async Task Pause_WithTheLongestTexts_IsStoredAndTold()
    {
        var random = new Random(7);
        string Text(int length) => string.Concat(Enumerable.Range(0, length).Select(_ => (char)random.Next(0x4E00, 0x9FA5)));
        var pause = PauseUntil(Now.AddHours(1)) with { User = Text(128), Model = Text(256), Reason = Text(500), By = Text(256) };

        await Store.Pauses.PutPauseAsync(pause, Admin with { Reason = Text(500) }, None);
        await SweepAsync();
        await SweepAsync(Now.AddHours(1));

        Assert.EndsWith(pause.Reason, Assert.Single(await AlertsAsync(AlertType.Paused)).Detail, StringComparison.Ordinal);
        Assert.Single(await AlertsAsync(AlertType.Resumed));
    }

    [LedgerFact]
    public async Task Spike_AboveOneAndAHalfTimesYesterday_AndAboveTheFloor()
    {
        await SpendAsync("acme/at", yesterday: 100, today: 150);
        await SpendAsync("acme/above", yesterday: 100, today: 151);
        await SpendAsync("acme/floor", yesterday: 1, today: SpikeFloor);
        await SpendAsync("acme/over", yesterday: 1, today: SpikeFloor + 1);
        await SpendAsync("acme/first", yesterday: 0, today: 500);
        await SweepAsync();
        await CommitAsync(Row("again", "acme/above", 500));
        await SweepAsync();

        Assert.Equal(
            [("acme/above", 151L, 100L), ("acme/over", SpikeFloor + 1, 1)],
            (await AlertsAsync(AlertType.Spike)).Select(a => (a.CostCenter, a.Spent!.Value.Nanos, a.Limit!.Value.Nanos)).Order());
    }

    [LedgerFact]
    public async Task Forecast_NotBeforeATenthOfTheWindow_AndOncePerWindow()
    {
        await PutAsync("acme", Own(daily: 1_000));
        await CommitAsync(Row("1", "acme", 200));
        var start = new DateTimeOffset(2026, 11, 21, 0, 0, 0, TimeSpan.Zero);

        await EvaluateAsync("acme", now: start.AddMinutes(143));
        Assert.Empty(await AlertsAsync(AlertType.Forecast));
        await EvaluateAsync("acme", now: start.AddMinutes(144));
        await EvaluateAsync("acme", now: start.AddMinutes(150));

        var alert = Assert.Single(await AlertsAsync(AlertType.Forecast));
        Assert.Equal((Period.Daily, Today, 2_000L, start.AddMinutes(720)), (alert.Period!.Value, alert.Window, alert.Forecast!.Amount.Nanos, alert.Forecast.ReachedAt!.Value));
    }

    [LedgerFact]
    public async Task Forecast_IsOfTheWindowOfToday_WhateverElseIsLookedAt()
    {
        await PutAsync("acme", Own(weekly: 1_000));
        // Saturday, after 5 days and 10 hours: the pace of the week reaches 1,000 on Sunday.
        await CommitAsync(Row("1", "acme", 600, date: Today.AddDays(-1)), Row("2", "acme", 210));

        await EvaluateAsync(null, new AlertEvaluation.BalanceChanged("acme", null, Today.AddDays(-1)), new AlertEvaluation.BalanceChanged("acme", null, Today));

        Assert.Equal([Period.Weekly], (await AlertsAsync(AlertType.Forecast)).Select(a => a.Period!.Value));
    }

    [LedgerFact]
    public async Task Created_IsToldOnce_WithTheNearestNameOfItsTenant_AlsoWhenPutOff()
    {
        await CommitAsync(Row("1", "acme/engineering/search", 1), Row("2", "acme/enginering/search", 1), Row("3", "acme/enginering/other", 1), Row("4", "acmee", 1), Row("5", "acme/far", 1));
        AlertEvaluation.Created[] created =
        [
            new("acme/enginering/search", "acme/enginering"), new("acme/enginering/other", "acme/enginering"), new("acmee", "acmee"), new("acme/far", "acme/far"),
        ];

        await EvaluateAsync(null, created);
        await Store.Evaluations.ScheduleAsync(created, None);
        await SweepAsync(Now.AddDays(3));

        Assert.Equal(
            [("acme/enginering/other", "acme/engineering"), ("acme/enginering/search", "acme/engineering/search"), ("acme/far", null), ("acmee", null)],
            (await AlertsAsync(AlertType.CostCenterCreated)).Select(a => (a.CostCenter, a.Detail)).OrderBy(a => a.CostCenter, StringComparer.Ordinal));
    }

    [LedgerFact]
    public async Task Siblings_OfManyNames_AreThoseAround_AndNoMore()
    {
        await CommitAsync([.. Enumerable.Range(0, 20).Select(i => Row($"{i}", $"acme/n{i:00}/below", 1)), Row("x", "beta/n10x", 1)]);

        var (around, first, existing) = await Store.Evaluations.RunAsync(
            async t => (await t.ReadSiblingsAsync("acme/n10x", 4, None), await t.ReadSiblingsAsync("acme/n00", 4, None), await t.ReadExistingAsync(["acme", "acme/n03", "acme/n3", "beta"], None)), None);

        Assert.Equal(["acme/n09", "acme/n10", "acme/n11", "acme/n12"], around.Order(StringComparer.Ordinal));
        Assert.Equal(["acme/n01", "acme/n02"], first.Order(StringComparer.Ordinal));
        Assert.Equal(["acme", "acme/n03", "beta"], existing.Order(StringComparer.Ordinal));
    }

    [LedgerFact]
    public async Task Forecast_OfAMonthThatWasUsedOnlyToday_WaitsForAnEndedDay_AndSaysHowSureItIs()
    {
        await PutAsync("acme", Own(monthly: 1_000));
        // At the pace of the whole month 600 on the 21st would pass 1,000 only at its end; at today's in less than a day.
        await CommitAsync(Row("1", "acme", 600));
        await EvaluateAsync("acme");
        Assert.Empty(await AlertsAsync(AlertType.Forecast));

        await CommitAsync(Row("2", "acme", 10, date: Today.AddDays(1)));
        var tomorrow = Now.AddDays(1);
        await EvaluateAsync("acme", now: tomorrow);

        var forecast = Assert.Single(await AlertsAsync(AlertType.Forecast)).Forecast!;
        var left = new DateTimeOffset(2026, 12, 1, 0, 0, 0, TimeSpan.Zero) - tomorrow;
        Assert.Equal((610 + (long)(600 * (Int128)left.Ticks / TimeSpan.TicksPerDay), 1, ForecastConfidence.Low), (forecast.Amount.Nanos, forecast.Days, forecast.Confidence));
        Assert.Equal(tomorrow.AddTicks(390 * TimeSpan.TicksPerDay / 600), forecast.ReachedAt);
    }

    [LedgerFact]
    public async Task Forecast_OfALimitThatTheRecentPaceKeeps_IsNone_WhateverTheWindowSoFar()
    {
        await PutAsync("acme", Own(monthly: 1_000));
        // Seven hundred in one day three weeks ago, ten a day since: the whole month's pace would say that 1,000 is passed.
        await CommitAsync([Row("0", "acme", 700, date: Today.AddDays(-20)), .. Enumerable.Range(1, 7).Select(i => Row($"{i}", "acme", 10, date: Today.AddDays(-i)))]);

        await SweepAsync();

        Assert.Empty(await AlertsAsync(AlertType.Forecast));
    }

    [LedgerFact]
    public async Task Forecast_BelowTheLimit_OrOfAnEndedWindow_IsNone()
    {
        await PutAsync("acme", Own(daily: 1_000, total: 10));
        await CommitAsync(Row("1", "acme", 400), Row("2", "acme", 900, date: Today.AddDays(-1)));

        await SweepAsync();

        Assert.Empty(await AlertsAsync(AlertType.Forecast));
    }

    [LedgerFact]
    public async Task UnpricedUsage_IsToldFromTheRollUp_OncePerCostCenterAndDay()
    {
        await CommitAsync(
            Row("1", "acme/x", 1) with { Flags = RowFlags.Unpriced, Model = "new-1" }, Row("2", "acme/x", 1) with { Flags = RowFlags.Unpriced, Model = "new-1" },
            Row("3", "acme/y", 1) with { Flags = RowFlags.Unpriced | RowFlags.Late, Model = "new-2" }, Row("4", "acme/z", 1));
        await SweepAsync();
        await CommitAsync(Row("5", "acme/x", 1) with { Flags = RowFlags.Unpriced, Model = "new-1" });
        await SweepAsync();
        Assert.Equal([("acme/x", "new-1", Today), ("acme/y", "new-2", Today)], (await AlertsAsync(AlertType.Unpriced)).Select(a => (a.CostCenter, a.Detail!, a.Window)).Order());

        await CommitAsync(Row("6", "acme/x", 1) with { Flags = RowFlags.Unpriced, Model = "new-1" });
        await SweepAsync(Now.AddDays(1));
        Assert.Equal(3, (await AlertsAsync(AlertType.Unpriced)).Count);
    }

    [LedgerFact]
    public async Task Conflict_AndUnsettled_AreToldOncePerCostCenterAndDay()
    {
        AlertEvaluation[] evaluations =
        [
            new AlertEvaluation.Conflict("acme/x", "req-1"), new AlertEvaluation.Conflict("acme/x", "req-2"),
            new AlertEvaluation.Unsettled("acme/x"), new AlertEvaluation.Unsettled("acme/y"),
        ];
        await EvaluateAsync(null, evaluations);
        await EvaluateAsync(null, evaluations);

        Assert.Equal([("acme/x", "req-1")], (await AlertsAsync(AlertType.Conflict)).Select(a => (a.CostCenter, a.Detail!)));
        Assert.Equal(["acme/x", "acme/y"], (await AlertsAsync(AlertType.Unsettled)).Select(a => a.CostCenter).Order());
        await EvaluateAsync(Now.AddDays(1), evaluations);
        Assert.Equal(2, (await AlertsAsync(AlertType.Conflict)).Count);
    }

    private static AlertEvaluation.Denied Denied(Period period, DateOnly window) => new AlertEvaluation.Denied("acme", null, window, period);

    private static Pause PauseUntil(DateTimeOffset? until) => new("acme", null, null, until, null, "k", Now);

    private async Task SpendAsync(string path, long yesterday, long today)
    {
        await PutAsync(path, Own(daily: 1_000_000));
        await CommitAsync(Row(path + "1", path, yesterday, date: Today.AddDays(-1)), Row(path + "2", path, today));
    }
}
