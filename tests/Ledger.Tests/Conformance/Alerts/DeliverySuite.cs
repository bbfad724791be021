using BudgetEngine.Alerts.Evaluation;
using BudgetEngine.Domain.Alerts;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.Windows;
using BudgetEngine.Ledger.Alerts;
using BudgetEngine.Ledger.Tests.Harness;
using Xunit.Abstractions;

namespace BudgetEngine.Ledger.Tests.Conformance.Alerts;

/// <summary>Deliveries: due, tried, ended, dropped, due again by hand.</summary>
public abstract class DeliverySuite(LedgerHost host, ITestOutputHelper output) : AlertConformance(host, output)
{
    [LedgerFact]
    public async Task NewDelivery_IsDueAtOnce_OldestFirst()
    {
        await PutChannelsAsync(ChannelOf("a"), ChannelOf("b"));
        await CrossAsync(96);

        var due = await Store.Deliveries.ReadDueAsync("a", Now, 10, None);

        Assert.Equal([0.7m, 0.9m, 0.95m], due.Due.Select(d => d.Alert.Threshold!.Value));
        Assert.All(due.Due, d => Assert.Equal((0, false, Now, Now), (d.Attempts, d.Resolves, d.FirstAt, d.NextAt)));
        Assert.Null(due.NextAt);
        Assert.Equal([0.7m, 0.9m], (await Store.Deliveries.ReadDueAsync("a", Now, 2, None)).Due.Select(d => d.Alert.Threshold!.Value));
        Assert.Empty((await Store.Deliveries.ReadDueAsync("a", Now.AddTicks(-10), 10, None)).Due);
        Assert.Equal(["a", "b"], (await Store.Evaluations.ReadDueChannelsAsync(Now, 10, None)).Order());
        Assert.Single(await Store.Evaluations.ReadDueChannelsAsync(Now, 1, None));
        Assert.Empty(await Store.Evaluations.ReadDueChannelsAsync(Now.AddTicks(-10), 10, None));
    }

    [LedgerFact]
    public async Task Attempts_AreWritten_AndTheNextInstantIsKnown()
    {
        await PutChannelsAsync(ChannelOf("a"));
        var alerts = await CrossAsync(96);
        await WriteAsync(alerts[0], DeliveryState.Pending, attempted: true, at: Now, next: Now.AddSeconds(5), error: "500 from a");
        await WriteAsync(alerts[1], DeliveryState.Delivered, attempted: true, at: Now.AddSeconds(1), next: Now.AddSeconds(1));
        await WriteAsync(alerts[2], DeliveryState.Pending, attempted: false, at: Now, next: Now.AddSeconds(60));

        var now = await Store.Deliveries.ReadDueAsync("a", Now.AddSeconds(4), 10, None);
        Assert.Empty(now.Due);
        Assert.Equal(Now.AddSeconds(5), now.NextAt);
        var later = await Store.Deliveries.ReadDueAsync("a", Now.AddSeconds(5), 10, None);
        Assert.Equal((1, Now.AddSeconds(5)), (Assert.Single(later.Due) is var d ? (d.Attempts, d.NextAt) : default));
        Assert.Equal(Now.AddSeconds(60), later.NextAt);
        Assert.Equal(
            [(DeliveryState.Pending, 1, "500 from a", null), (DeliveryState.Delivered, 1, null, Now.AddSeconds(1)), (DeliveryState.Pending, 0, null, (DateTimeOffset?)null)],
            (await Task.WhenAll(alerts.Select(a => DeliveriesAsync(a.Id)))).Select(l => (l[0].State, l[0].Attempts, l[0].LastError, l[0].EndedAt)));

        // The last error stays, for whoever asks why it took so long.
        await WriteAsync(alerts[0], DeliveryState.Delivered, attempted: true, at: Now.AddSeconds(6), next: Now.AddSeconds(6));
        var delivered = Assert.Single(await DeliveriesAsync(alerts[0].Id));
        Assert.Equal((DeliveryState.Delivered, 2, "500 from a", Now.AddSeconds(6), Now), (delivered.State, delivered.Attempts, delivered.LastError!, delivered.EndedAt!.Value, delivered.FirstAt));
    }

    [LedgerFact]
    public async Task AnEndedDelivery_StaysAsItIs()
    {
        await PutChannelsAsync(ChannelOf("a"), ChannelOf("b"));
        var alert = (await CrossAsync(75))[0];
        await WriteAsync(alert, DeliveryState.Failed, attempted: true, at: Now, next: Now, error: "404");
        await WriteAsync(alert, DeliveryState.Delivered, attempted: true, at: Now.AddHours(1), next: Now);
        await WriteAsync(alert, DeliveryState.Pending, attempted: true, at: Now.AddHours(1), next: Now);

        var deliveries = await DeliveriesAsync(alert.Id);
        Assert.Equal((DeliveryState.Failed, 1, "404", Now), (deliveries[0].State, deliveries[0].Attempts, deliveries[0].LastError!, deliveries[0].EndedAt!.Value));
        Assert.Equal((DeliveryState.Pending, 0), (deliveries[1].State, deliveries[1].Attempts));
        await Store.Deliveries.WriteAttemptsAsync("nobody", [new DeliveryUpdate("alr_none", false, DeliveryState.Delivered, true, Now, Now, null)], None);
        await Store.Deliveries.WriteAttemptsAsync("a", [], None);
    }

    [LedgerFact]
    public async Task Hurry_MakesWhatFailedDueNow_AndNothingElse()
    {
        await PutChannelsAsync(ChannelOf("a"), ChannelOf("b"));
        var alerts = await CrossAsync(100);
        await WriteAsync(alerts[0], DeliveryState.Pending, attempted: true, at: Now, next: Now.AddHours(4));
        await WriteAsync(alerts[1], DeliveryState.Pending, attempted: false, at: Now, next: Now.AddSeconds(60));
        await WriteAsync(alerts[2], DeliveryState.Failed, attempted: true, at: Now, next: Now.AddHours(4));
        await Store.Deliveries.WriteAttemptsAsync("b", [new DeliveryUpdate(alerts[0].Id, false, DeliveryState.Pending, true, Now, Now.AddHours(4), null)], None);

        await Store.Deliveries.HurryAsync("a", Now.AddSeconds(1), None);

        Assert.Equal([alerts[0].Id, alerts[3].Id], (await Store.Deliveries.ReadDueAsync("a", Now.AddSeconds(1), 10, None)).Due.Select(d => d.Alert.Id));
        Assert.Equal(Now.AddSeconds(60), (await Store.Deliveries.ReadDueAsync("a", Now.AddSeconds(1), 10, None)).NextAt);
        Assert.Equal(Now.AddHours(4), (await Store.Deliveries.ReadDueAsync("b", Now.AddSeconds(1), 10, None)).NextAt);
    }

    [LedgerFact]
    public async Task Redeliver_MakesEveryDeliveryDueAgain_AndAddsChannelsThatTakeItNow()
    {
        await PutChannelsAsync(ChannelOf("a"), ChannelOf("b"), ChannelOf("off"));
        var alert = (await CrossAsync(75))[0];
        await WriteAsync(alert, DeliveryState.Failed, attempted: true, at: Now, next: Now, error: "404");
        await PutChannelsAsync(ChannelOf("new"), ChannelOf("elsewhere", under: "beta"));
        // It had this one: whoever redelivers wants it there again.
        await PutChannelsAsync(ChannelOf("b") with { Types = [AlertType.Spike] });
        await Store.Evaluations.DisableChannelAsync(ChannelOf("off"), "410", await ContextAsync(), None);

        var channels = await Store.Alerts.RedeliverAsync(alert.Id, null, Now.AddDays(2), None);

        Assert.Equal(["a", "b", "new"], channels.Order());
        Assert.Equal(
            [("a", DeliveryState.Pending, 1, Now.AddDays(2)), ("b", DeliveryState.Pending, 0, Now.AddDays(2)), ("new", DeliveryState.Pending, 0, Now.AddDays(2)), ("off", DeliveryState.Dropped, 0, Now)],
            (await DeliveriesAsync(alert.Id)).Select(d => (d.Channel, d.State, d.Attempts, d.FirstAt)));
        Assert.Equal(Now.AddDays(2), Assert.Single((await Store.Deliveries.ReadDueAsync("a", Now.AddDays(2), 10, None)).Due).FirstAt);
        Assert.Empty(await Store.Alerts.RedeliverAsync("alr_none", null, Now, None));
    }

    [LedgerFact]
    public async Task Test_GoesToOneChannelOnly()
    {
        await PutChannelsAsync(ChannelOf("a"), ChannelOf("b"));
        var alert = new Alert("alr_test", AlertType.ChannelTest, "", null, Now) { Detail = "hello" };

        Assert.True(await Store.Channels.InsertTestAsync(alert, "a", None));
        Assert.False(await Store.Channels.InsertTestAsync(alert with { Id = "alr_other" }, "nobody", None));
        await Store.Evaluations.DisableChannelAsync(ChannelOf("b"), "410", await ContextAsync(), None);
        Assert.False(await Store.Channels.InsertTestAsync(alert with { Id = "alr_other" }, "b", None));

        Assert.Equal(("alr_test", "hello"), (Assert.Single((await Store.Deliveries.ReadDueAsync("a", Now, 10, None)).Due) is var d ? (d.Alert.Id, d.Alert.Detail!) : default));
        Assert.Empty((await Store.Deliveries.ReadDueAsync("b", Now, 10, None)).Due);
        Assert.Null(await Store.Alerts.ReadAlertAsync("alr_other", None));
    }

    [LedgerFact]
    public async Task Redeliver_ByAWriterOfASubtree_GoesToItsChannelsOnly()
    {
        await PutChannelsAsync(ChannelOf("a"), ChannelOf("b", under: "acme"));
        var alert = (await CrossAsync(75))[0];

        Assert.Equal(["b"], await Store.Alerts.RedeliverAsync(alert.Id, "acme", Now.AddDays(1), None));

        Assert.Equal([Now, Now.AddDays(1)], (await DeliveriesAsync(alert.Id)).Select(d => d.FirstAt));
    }

    [LedgerFact]
    public async Task PagerDuty_HearsOfAnEndAsAResolution_NeverAsAnIncident()
    {
        await PutChannelsAsync(AlertConformance.ChannelOf("duty", ChannelType.PagerDuty), AlertConformance.ChannelOf("hook"));
        await PutAsync("acme", Own(daily: 100));
        await EvaluateAsync(null, new AlertEvaluation.Denied("acme", null, Today, Period.Daily));
        await Store.Pauses.PutPauseAsync(new Pause("acme", null, null, Now.AddHours(1), null, "k", Now), Admin, None);
        await SweepAsync();
        await SweepAsync(Now.AddDays(1));

        var denied = Assert.Single(await AlertsAsync(AlertType.Denied));
        Assert.Equal([("duty", false, DeliveryState.Dropped), ("duty", true, DeliveryState.Pending), ("hook", false, DeliveryState.Pending)], await OfAsync(denied));
        foreach (var type in new[] { AlertType.WindowReset, AlertType.Resumed })
        {
            var over = Assert.Single(await AlertsAsync(type));
            Assert.Equal([("duty", true, DeliveryState.Pending), ("hook", false, DeliveryState.Pending)], await OfAsync(over));
            await Store.Alerts.RedeliverAsync(over.Id, null, Now.AddDays(1), None);
            Assert.Equal([("duty", true, DeliveryState.Pending), ("hook", false, DeliveryState.Pending)], await OfAsync(over));
        }

        async Task<IEnumerable<(string, bool, DeliveryState)>> OfAsync(Alert alert) => (await DeliveriesAsync(alert.Id)).Select(d => (d.Channel, d.Resolves, d.State));
    }

    [LedgerFact]
    public async Task PagerDuty_ForecastOfAWindowThatHeld_IsResolvedAtItsEnd()
    {
        await PutChannelsAsync(AlertConformance.ChannelOf("duty", ChannelType.PagerDuty));
        await PutAsync("acme", Own(daily: 100));
        await CommitAsync(Row("1", "acme", 60));
        await SweepAsync();
        Assert.Equal([AlertType.Forecast], (await Store.Alerts.ReadAlertsAsync(null, null, null, 10, None)).Select(a => a.Alert.Type));

        await SweepAsync(Now.AddDays(1));

        var forecast = Assert.Single(await AlertsAsync(AlertType.Forecast));
        Assert.Equal([(false, DeliveryState.Dropped), (true, DeliveryState.Pending)], (await DeliveriesAsync(forecast.Id)).Select(d => (d.Resolves, d.State)));
    }

    [LedgerFact]
    public async Task PagerDuty_IsResolvedAtTheEndOfTheWindow_AndWhatWasNotSentIsDropped()
    {
        await PutChannelsAsync(ChannelOf("duty", ChannelType.PagerDuty), ChannelOf("hook"));
        var alerts = await CrossAsync(92);
        await Store.Deliveries.WriteAttemptsAsync("duty", [new DeliveryUpdate(alerts[0].Id, false, DeliveryState.Delivered, true, Now, Now, null)], None);
        var midnight = new DateTimeOffset(2026, 11, 22, 0, 0, 0, TimeSpan.Zero);

        await SweepAsync(midnight.AddTicks(-10));
        Assert.DoesNotContain(await DeliveriesAsync(alerts[1].Id), d => d.Resolves);
        Assert.Equal(["duty"], await SweepAsync(midnight));

        Assert.Equal(
            [("duty", false, DeliveryState.Dropped), ("duty", true, DeliveryState.Pending), ("hook", false, DeliveryState.Pending)],
            (await DeliveriesAsync(alerts[1].Id)).Select(d => (d.Channel, d.Resolves, d.State)));
        Assert.DoesNotContain(await DeliveriesAsync(alerts[0].Id), d => d.Resolves);
        var due = Assert.Single((await Store.Deliveries.ReadDueAsync("duty", midnight, 10, None)).Due);
        Assert.Equal((true, alerts[1].Id), (due.Resolves, due.Alert.Id));
        await Store.Deliveries.WriteAttemptsAsync("duty", [new DeliveryUpdate(alerts[1].Id, true, DeliveryState.Delivered, true, midnight, midnight, null)], None);
        Assert.Equal([DeliveryState.Dropped, DeliveryState.Delivered], (await DeliveriesAsync(alerts[1].Id)).Where(d => d.Channel == "duty").Select(d => d.State));
    }

    [LedgerFact]
    public async Task PagerDuty_IsResolvedWhenNothingIsReachedAnyMore_AndTriggeredAgain()
    {
        await PutChannelsAsync(ChannelOf("duty", ChannelType.PagerDuty));
        await CrossAsync(92);
        await CommitAsync(Correction("c", "acme", "r", -10));
        Assert.Empty(await SweepAsync());

        await PutAsync("acme", Own(daily: 1_000));
        Assert.Equal(["duty"], await SweepAsync());
        var alerts = await AlertsAsync();
        Assert.Equal([DeliveryState.Dropped, DeliveryState.Dropped, DeliveryState.Pending], await StatesAsync(alerts));
        Assert.True((await Store.Deliveries.ReadDueAsync("duty", Now, 10, None)).Due[0].Resolves);

        await PutAsync("acme", Own(daily: 100));
        Assert.Equal(["duty"], await SweepAsync());
        alerts = await AlertsAsync();
        Assert.Equal((0.7m, 1), (alerts[^1].Threshold!.Value, alerts[^1].Generation));
        Assert.Equal(DeliveryState.Pending, Assert.Single(await DeliveriesAsync(alerts[^1].Id)).State);
        await SweepAsync(Now.AddDays(1));
        Assert.Contains(await DeliveriesAsync(alerts[^1].Id), d => d.Resolves);
    }

    [LedgerFact]
    public async Task DeliveriesToWebhooks_AreNeitherResolvedNorDropped()
    {
        await PutChannelsAsync(ChannelOf("hook"));
        var alert = (await CrossAsync(75))[0];
        await SweepAsync(Now.AddDays(1));

        Assert.Equal((false, DeliveryState.Pending), (Assert.Single(await DeliveriesAsync(alert.Id)) is var d ? (d.Resolves, d.State) : default));
    }

    /// <summary>Crossings only: a forecast comes with most of them.</summary>
    private static new Channel ChannelOf(string name, ChannelType type = ChannelType.Webhook, string? under = null) =>
        AlertConformance.ChannelOf(name, type, under) with { Types = [AlertType.ThresholdReached] };

    private async Task<List<Alert>> CrossAsync(long spend)
    {
        await PutAsync("acme", Own(daily: 100));
        await CommitAsync(Row("r", "acme", spend));
        await SweepAsync();
        return await AlertsAsync();
    }

    private Task WriteAsync(Alert alert, DeliveryState state, bool attempted, DateTimeOffset at, DateTimeOffset next, string? error = null) =>
        Store.Deliveries.WriteAttemptsAsync("a", [new DeliveryUpdate(alert.Id, false, state, attempted, at, next, error)], None);

    private async Task<List<DeliveryState>> StatesAsync(IEnumerable<Alert> alerts)
    {
        var states = new List<DeliveryState>();
        foreach (var alert in alerts) states.AddRange((await DeliveriesAsync(alert.Id)).Select(d => d.State));
        return states;
    }
}
