using BudgetEngine.Alerts.Evaluation;
using BudgetEngine.Domain.Alerts;
using BudgetEngine.Domain.Windows;
using BudgetEngine.Ledger.Alerts;
using BudgetEngine.Ledger.Reports;
using BudgetEngine.Ledger.Tests.Harness;
using Xunit.Abstractions;

namespace BudgetEngine.Ledger.Tests.Conformance.Alerts;

/// <summary>Channels: what is stored of them, which alerts they take, what happens when one is gone.</summary>
public abstract class ChannelSuite(LedgerHost host, ITestOutputHelper output) : AlertConformance(host, output)
{
    [LedgerFact]
    public async Task Channel_ComesBackAsItWasPut()
    {
        var full = new Channel(
            "all", "acme/x", ChannelType.Telegram, ["critical", "my-level"], [AlertType.ThresholdReached, AlertType.Spike],
            new ChannelTarget { Url = "u", Secret = "file:s", Token = "t", ChatId = "-1", To = ["a@example.org", "b@example.org"], RoutingKey = "env:BUDGET_SECRET_K" }, null);
        Assert.Equal(ChannelWrite.Created, await Store.Channels.PutChannelAsync(full, null, Admin, None));
        Assert.Equal(ChannelWrite.Created, await Store.Channels.PutChannelAsync(ChannelOf("bare"), null, Admin, None));
        Assert.Equal(ChannelWrite.Replaced, await Store.Channels.PutChannelAsync(ChannelOf("bare", ChannelType.Slack), null, Admin, None));

        var read = (await Store.Channels.ReadChannelAsync("all", None))!;
        Assert.Equal((full.Name, full.Under, full.Type, full.Disabled), (read.Name, read.Under, read.Type, read.Disabled));
        Assert.Equal(full.Levels.AsEnumerable(), read.Levels);
        Assert.Equal(full.Types.AsEnumerable(), read.Types);
        Assert.Equal(full.Target.To.AsEnumerable(), read.Target.To);
        Assert.Equal(full.Target with { To = [] }, read.Target with { To = [] });
        Assert.Equal([("all", ChannelType.Telegram), ("bare", ChannelType.Slack)], (await Store.Channels.ReadChannelsAsync(None)).Select(c => (c.Name, c.Type)));
        Assert.Null(await Store.Channels.ReadChannelAsync("none", None));
    }

    [LedgerFact]
    public async Task WriterOfASubtree_ReplacesAndDeletesNoChannelOutsideOfIt()
    {
        await PutChannelsAsync(ChannelOf("all"), ChannelOf("here", under: "acme/x"), ChannelOf("beside", under: "acme/x-2"));

        foreach (var name in new[] { "all", "beside" })
        {
            Assert.Equal(ChannelWrite.Taken, await Store.Channels.PutChannelAsync(ChannelOf(name, ChannelType.Slack, "acme/x"), "acme/x", Admin, None));
            Assert.False(await Store.Channels.DeleteChannelAsync(name, "acme/x", Admin, None));
        }

        Assert.Equal(ChannelWrite.Replaced, await Store.Channels.PutChannelAsync(ChannelOf("here", ChannelType.Slack, "acme/x/y"), "acme/x", Admin, None));
        Assert.Equal(ChannelWrite.Created, await Store.Channels.PutChannelAsync(ChannelOf("new", under: "acme/x"), "acme/x", Admin, None));
        Assert.True(await Store.Channels.DeleteChannelAsync("here", "acme/x", Admin, None));
        Assert.Equal([("all", ChannelType.Webhook), ("beside", ChannelType.Webhook), ("new", ChannelType.Webhook)], (await Store.Channels.ReadChannelsAsync(None)).Select(c => (c.Name, c.Type)));
    }

    [LedgerFact]
    public async Task Channels_AreNoMoreThanTheLimit()
    {
        for (var i = 0; i < Channel.MaxChannels; i++) Assert.Equal(ChannelWrite.Created, await Store.Channels.PutChannelAsync(ChannelOf($"c{i}"), null, Admin, None));

        Assert.Equal(ChannelWrite.TooMany, await Store.Channels.PutChannelAsync(ChannelOf("one-more"), null, Admin, None));
        Assert.Equal(ChannelWrite.Replaced, await Store.Channels.PutChannelAsync(ChannelOf("c0"), null, Admin, None));
    }

    [LedgerFact]
    public async Task Audit_OfChannels_TellsNoSecret()
    {
        var target = new ChannelTarget { Url = "https://hooks.example/T0/SECRET1", Secret = "whsec_SECRET2", Token = "SECRET3", RoutingKey = "env:BUDGET_SECRET_ROUTE" };
        await PutChannelsAsync(ChannelOf("hook", under: "acme") with { Target = target });
        await PutChannelsAsync(ChannelOf("hook", under: "acme") with { Target = target with { Secret = "SECRET4" } });
        await Store.Channels.DeleteChannelAsync("hook", null, Admin, None);

        var entries = await Store.Audit.ReadAuditAsync(new AuditFilter("acme"), null, 10, None);
        Assert.Equal(["channel.delete", "channel.put", "channel.put"], entries.Select(e => e.Action));
        Assert.All(entries, e => Assert.DoesNotContain("SECRET1", e.Before + e.After, StringComparison.Ordinal));
        Assert.All(entries, e => Assert.DoesNotMatch("SECRET[234]", e.Before + e.After));
        Assert.Contains("env:BUDGET_SECRET_ROUTE", entries[2].After, StringComparison.Ordinal);
        Assert.Equal((null, null), (entries[2].Before, entries[0].After));
        Assert.DoesNotContain("SECRET", target.ToString(), StringComparison.Ordinal);
    }

    [LedgerFact]
    public async Task Alert_GoesToTheChannelsThatTakeIt()
    {
        await PutChannelsAsync(
            ChannelOf("all"), ChannelOf("tenant", under: "acme"), ChannelOf("here", under: "acme/x"), ChannelOf("beside", under: "acme/x-2"), ChannelOf("below", under: "acme/x/y"),
            ChannelOf("critical") with { Levels = ["critical", "exceeded"] }, ChannelOf("spikes") with { Types = [AlertType.Spike] },
            ChannelOf("thresholds") with { Types = [AlertType.ThresholdReached, AlertType.Denied], Levels = ["warning"] });
        await PutAsync("acme/x", Own(daily: 100));
        await CommitAsync(Row("1", "acme/x/y", 92));

        var channels = await SweepAsync();
        await EvaluateAsync(null, new AlertEvaluation.Denied("acme/x", null, Today, Period.Daily));

        Assert.Equal(["all", "critical", "here", "tenant", "thresholds"], channels);
        var alerts = await AlertsAsync();
        Assert.Equal(["all", "here", "tenant", "thresholds"], (await DeliveriesAsync(alerts[0].Id)).Select(d => d.Channel));
        Assert.Equal(["all", "critical", "here", "tenant"], (await DeliveriesAsync(alerts[1].Id)).Select(d => d.Channel));
        // Levels are of thresholds only.
        var denied = Assert.Single(await AlertsAsync(AlertType.Denied));
        Assert.Equal(["all", "critical", "here", "tenant", "thresholds"], (await DeliveriesAsync(denied.Id)).Select(d => d.Channel));
    }

    [LedgerFact]
    public async Task DisabledChannel_GetsNothing_ItsPendingIsDropped_AndTheOthersHear()
    {
        await PutChannelsAsync(ChannelOf("dying", under: "acme/x"), ChannelOf("other"), ChannelOf("elsewhere", under: "beta"), ChannelOf("chosen") with { Types = [AlertType.Spike] });
        await PutAsync("acme/x", Own(daily: 100));
        await CommitAsync(Row("1", "acme/x", 75));
        await SweepAsync();

        var told = await Store.Evaluations.DisableChannelAsync(ChannelOf("dying"), "410 Gone", await ContextAsync(), None);
        Assert.Equal(["other"], told);
        Assert.Empty(await Store.Evaluations.DisableChannelAsync(ChannelOf("dying"), "410 Gone", await ContextAsync(), None));
        await CommitAsync(Row("2", "acme/x", 20));
        Assert.Equal(["other"], await SweepAsync());

        Assert.Equal(new ChannelDisabled("410 Gone", Now), (await Store.Channels.ReadChannelAsync("dying", None))!.Disabled);
        var first = await DeliveriesAsync((await AlertsAsync())[0].Id);
        Assert.Equal([("dying", DeliveryState.Dropped), ("other", DeliveryState.Pending)], first.Select(d => (d.Channel, d.State)));
        Assert.Equal(Now, first[0].EndedAt);
        var dead = Assert.Single(await AlertsAsync(AlertType.ChannelDead));
        Assert.Equal(("acme/x", "dying: 410 Gone"), (dead.CostCenter, dead.Detail!));
        Assert.Equal(["other"], (await DeliveriesAsync(dead.Id)).Select(d => d.Channel));
    }

    [LedgerFact]
    public async Task DeadChannelOfTheInstallation_IsToldToChannelsOfTheInstallationOnly_OncePerDay()
    {
        await PutChannelsAsync(ChannelOf("dying"), ChannelOf("other"), ChannelOf("tenant", under: "acme"));

        Assert.Equal(["other"], await Store.Evaluations.ReportDeadAsync("dying", "failing since 10:00", await ContextAsync(), None));
        Assert.Empty(await Store.Evaluations.ReportDeadAsync("dying", "failing since 10:00", await ContextAsync(), None));
        Assert.Equal(["other"], await Store.Evaluations.ReportDeadAsync("dying", "failing since 10:00", await ContextAsync(Now.AddDays(1)), None));

        Assert.Null((await Store.Channels.ReadChannelAsync("dying", None))!.Disabled);
        Assert.Equal(["", ""], (await AlertsAsync(AlertType.ChannelDead)).Select(a => a.CostCenter));
    }

    [LedgerFact]
    public async Task PuttingAChannelAgain_BringsItBackIntoUse()
    {
        await PutChannelsAsync(ChannelOf("hook"));
        await Store.Evaluations.DisableChannelAsync(ChannelOf("hook"), "410", await ContextAsync(), None);
        await PutChannelsAsync(ChannelOf("hook"));
        await PutAsync("acme", Own(daily: 100));
        await CommitAsync(Row("1", "acme", 75));

        Assert.Equal(["hook"], await SweepAsync());
        Assert.Null((await Store.Channels.ReadChannelAsync("hook", None))!.Disabled);
    }

    [LedgerFact]
    public async Task DeletedChannel_DropsItsPendingDeliveries_AndKeepsThoseThatEnded()
    {
        await PutChannelsAsync(ChannelOf("hook"));
        await PutAsync("acme", Own(daily: 100));
        await CommitAsync(Row("1", "acme", 92));
        await SweepAsync();
        var alerts = await AlertsAsync();
        await Store.Deliveries.WriteAttemptsAsync("hook", [new DeliveryUpdate(alerts[0].Id, false, DeliveryState.Delivered, true, Now, Now, null)], None);

        Assert.True(await Store.Channels.DeleteChannelAsync("hook", null, Admin with { At = Now.AddHours(1) }, None));
        Assert.False(await Store.Channels.DeleteChannelAsync("hook", null, Admin, None));

        Assert.Equal(DeliveryState.Delivered, Assert.Single(await DeliveriesAsync(alerts[0].Id)).State);
        Assert.Equal((DeliveryState.Dropped, Now.AddHours(1)), (Assert.Single(await DeliveriesAsync(alerts[1].Id)) is var d ? (d.State, d.EndedAt!.Value) : default));
        Assert.Empty((await Store.Deliveries.ReadDueAsync("hook", Now.AddDays(1), 10, None)).Due);
    }
}
