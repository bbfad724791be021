using BudgetEngine.Domain.Alerts;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Domain.Reports;
using BudgetEngine.Domain.Windows;
using BudgetEngine.Ledger.Alerts;
using BudgetEngine.Ledger.Tests.Harness;
using Xunit.Abstractions;

namespace BudgetEngine.Ledger.Tests.Conformance.Alerts;

/// <summary>Schedules of summaries: what is stored of them, and that each summary is stored once, whoever sends it.</summary>
public abstract class ScheduleSuite(LedgerHost host, ITestOutputHelper output) : AlertConformance(host, output)
{
    private static readonly Schedule Weekly = new("weekly", "acme/eng", ["ops", "mail"], Period.Weekly, DayOfWeek.Thursday, 17);

    private DateTimeOffset Later => Now.AddDays(7);

    [LedgerFact]
    public async Task Schedule_ComesBackAsItWasPut_AndIsReplacedAndDeleted()
    {
        Assert.Equal(ScheduleWrite.Created, await PutAsync(Weekly));
        Assert.Equal(ScheduleWrite.Created, await PutAsync(Weekly with { Name = "all", CostCenter = null, Channels = ["ops"], Period = Period.Monthly, Hour = 0 }));

        var read = (await Store.Schedules.ReadScheduleAsync("weekly", None))!;
        AssertSame(Weekly, read.Schedule);
        Assert.Equal((Later, (DateTimeOffset?)null), (read.NextAt, read.LastAt));
        Assert.Equal(["all", "weekly"], (await Store.Schedules.ReadSchedulesAsync(None)).Select(s => s.Schedule.Name));
        Assert.Null((await Store.Schedules.ReadScheduleAsync("all", None))!.Schedule.CostCenter);

        Assert.Equal(ScheduleWrite.Replaced, await PutAsync(Weekly with { Hour = 6 }));
        Assert.Equal(6, (await Store.Schedules.ReadScheduleAsync("weekly", None))!.Schedule.Hour);
        Assert.True(await Store.Schedules.DeleteScheduleAsync("weekly", null, Admin, None));
        Assert.False(await Store.Schedules.DeleteScheduleAsync("weekly", null, Admin, None));
        var audit = await Store.Audit.ReadAuditAsync(new(Action: "schedule"), null, 10, None);
        Assert.Equal(["schedule.delete", "schedule.put", "schedule.put", "schedule.put"], audit.Select(a => a.Action));
    }

    [LedgerFact]
    public async Task WriterOfASubtree_ReplacesAndDeletesNoScheduleOutsideOfIt()
    {
        await PutAsync(Weekly);
        await PutAsync(Weekly with { Name = "all", CostCenter = null });

        Assert.Equal(ScheduleWrite.Taken, await PutAsync(Weekly with { Name = "all" }, "acme"));
        Assert.Equal(ScheduleWrite.Taken, await PutAsync(Weekly with { CostCenter = "beta" }, "beta"));
        Assert.False(await Store.Schedules.DeleteScheduleAsync("weekly", "beta", Admin, None));
        Assert.True(await Store.Schedules.DeleteScheduleAsync("weekly", "acme/eng", Admin, None));
    }

    [LedgerFact]
    public async Task Schedules_AreNoMoreThanTheShare()
    {
        var shares = new SubtreeShares(3, 8);
        for (var i = 0; i < 3; i++) Assert.Equal(ScheduleWrite.Created, await PutAsync(Weekly with { Name = $"s{i}" }, null, shares));

        Assert.Equal(ScheduleWrite.TooMany, await PutAsync(Weekly with { Name = "one-more" }, null, shares));
        Assert.Equal(ScheduleWrite.Replaced, await PutAsync(Weekly with { Name = "s0" }, null, shares));
    }

    [LedgerFact]
    public async Task Summary_IsStoredOnce_WhoeverSendsIt()
    {
        await PutChannelsAsync(ChannelOf("ops", ChannelType.Slack, "acme"), ChannelOf("mail", ChannelType.Slack), ChannelOf("beside", ChannelType.Slack));
        await PutAsync(Weekly, nextAt: Now);
        var due = Assert.Single(await Store.Schedules.ReadDueSchedulesAsync(Now, 10, None));

        var sent = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Store.Schedules.SendAsync(due, Summary(), Later, None)));

        Assert.Equal(["mail", "ops"], Assert.Single(sent, s => s is not null)!.Order());
        var alert = Assert.Single(await AlertsAsync(AlertType.SpendSummary));
        Assert.Equal(["mail", "ops"], (await DeliveriesAsync(alert.Id)).Select(d => d.Channel));
        var (wanted, stored) = (Summary().Summary!, alert.Summary!);
        Assert.Equal(wanted with { CostCenters = [], Models = [] }, stored with { CostCenters = [], Models = [] });
        Assert.Equal(wanted.CostCenters.AsEnumerable(), stored.CostCenters);
        Assert.Equal(wanted.Models.AsEnumerable(), stored.Models);
        Assert.Empty(await Store.Schedules.ReadDueSchedulesAsync(Now, 10, None));
        Assert.Equal((Later, Now), ((await Store.Schedules.ReadScheduleAsync("weekly", None))!.NextAt, (await Store.Schedules.ReadScheduleAsync("weekly", None))!.LastAt));
    }

    [LedgerFact]
    public async Task Schedule_ThatIsDueAndPutAgainAsItIs_StaysDue()
    {
        await PutAsync(Weekly, nextAt: Now);

        await PutAsync(Weekly);
        Assert.Equal(Now, (await Store.Schedules.ReadScheduleAsync("weekly", None))!.NextAt);

        await PutAsync(Weekly with { Hour = 6 });
        Assert.Equal(Later, (await Store.Schedules.ReadScheduleAsync("weekly", None))!.NextAt);
    }

    [LedgerFact]
    public async Task Summary_OfAScheduleThatWasChangedMeanwhile_IsNotStored_AndOneThatIsThereIsNotSentAgain()
    {
        await PutChannelsAsync(ChannelOf("ops", ChannelType.Slack));
        await PutAsync(Weekly, nextAt: Now);
        var due = Assert.Single(await Store.Schedules.ReadDueSchedulesAsync(Now, 10, None));
        await PutAsync(Weekly with { Hour = 6 }, nextAt: Now);

        Assert.Null(await Store.Schedules.SendAsync(due, Summary(), Later, None));
        Assert.Empty(await AlertsAsync(AlertType.SpendSummary));

        due = Assert.Single(await Store.Schedules.ReadDueSchedulesAsync(Now, 10, None));
        Assert.Equal(["ops"], (await Store.Schedules.SendAsync(due, Summary(), Later, None))!);
        await PutAsync(Weekly, nextAt: Now);
        due = Assert.Single(await Store.Schedules.ReadDueSchedulesAsync(Now, 10, None));
        Assert.Empty((await Store.Schedules.SendAsync(due, Summary(), Later, None))!);
        Assert.Single(await AlertsAsync(AlertType.SpendSummary));
    }

    [LedgerFact]
    public async Task Summary_GoesToNoChannelThatBecameUnfit_AndPutOffIsDueLater()
    {
        await PutChannelsAsync(ChannelOf("ops", ChannelType.PagerDuty), ChannelOf("mail", ChannelType.Slack, "acme/eng/search"));
        await PutAsync(Weekly, nextAt: Now);
        var due = Assert.Single(await Store.Schedules.ReadDueSchedulesAsync(Now, 10, None));
        await Store.Schedules.PutOffScheduleAsync(due, Now.AddMinutes(5), None);
        Assert.Empty(await Store.Schedules.ReadDueSchedulesAsync(Now.AddMinutes(4), 10, None));

        due = Assert.Single(await Store.Schedules.ReadDueSchedulesAsync(Now.AddMinutes(5), 10, None));
        Assert.Empty((await Store.Schedules.SendAsync(due, Summary(), Later, None))!);
        Assert.Empty(await DeliveriesAsync(Assert.Single(await AlertsAsync(AlertType.SpendSummary)).Id));
    }

    private Task<ScheduleWrite> PutAsync(Schedule schedule, string? within = null, SubtreeShares? shares = null, DateTimeOffset? nextAt = null) =>
        Store.Schedules.PutScheduleAsync(schedule, nextAt ?? Later, new ShareClaim(within, shares ?? Schedule.Shares), Admin, None);

    private Alert Summary() => new("alr_summary", AlertType.SpendSummary, "acme/eng", null, Now)
    {
        Spent = new Money(7), Detail = "weekly",
        Summary = new SpendSummary(
            Period.Weekly, First, First.AddDays(7), new Money(7), 2, new Money(3), [new SpendChange("acme/eng/a", new Money(7), Money.Zero)], [new ModelShare("m", new Money(7))],
            new MonthOutlook(First, new Money(30), null, null, ForecastConfidence.High, 7)),
    };

    private static void AssertSame(Schedule wanted, Schedule read)
    {
        Assert.Equal(wanted.Channels.AsEnumerable(), read.Channels);
        Assert.Equal(wanted with { Channels = [] }, read with { Channels = [] });
    }
}
