using BudgetEngine.Domain.Alerts;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.Usage;
using BudgetEngine.Domain.Windows;
using BudgetEngine.Grains.Interfaces.Usage;
using BudgetEngine.Grains.Tests.Harness;
using BudgetEngine.TestKit.Waiting;

namespace BudgetEngine.Grains.Tests.Alerts;

/// <summary>What cost centers notice by themselves, without any sweep, arrives at the channel.</summary>
public sealed class CrossingTests : AlertTest
{
    [Fact]
    public async Task Post_PastAThreshold_TellsTheChannelOnce()
    {
        await PutChannelAsync("hook", ChannelType.Webhook, types: [AlertType.ThresholdReached]);
        await Engine.PutBudgetAsync(Middle, Budgets.Daily(1_000));

        await Engine.PostAsync(Leaf, 650);
        await Engine.PostAsync(Leaf, 60);
        await Engine.PostAsync(Leaf, 10);

        var alert = Assert.Single(await ReceivedAsync("hook", 1));
        Assert.Equal((Engine.PathOf(Middle), 0.7m, "warning", Period.Daily), (alert.CostCenter, alert.Threshold, alert.Level, alert.Period));
        // What was looked up may be later than what was noticed.
        Assert.InRange(alert.Spent!.Value.Nanos, 710, 720);
        Assert.Equal(1_000, alert.Limit!.Value.Nanos);
        await SweepAsync();
        Assert.Single(Outside.To("hook"));
    }

    [Fact]
    public async Task Post_PastThreeThresholds_IsThreeRequestsToAWebhookAndOneMessageToPeople()
    {
        await PutChannelAsync("hook", ChannelType.Webhook, types: [AlertType.ThresholdReached]);
        await PutChannelAsync("chat", ChannelType.Slack, types: [AlertType.ThresholdReached]);
        await Engine.PutBudgetAsync(Middle, Budgets.Daily(1_000));

        await Engine.PostAsync(Leaf, 960);

        await ReceivedAsync("hook", 3);
        await ReceivedAsync("chat", 3);
        Assert.Equal(3, Outside.To("hook").Count);
        var message = Assert.Single(Outside.To("chat")).Message;
        Assert.Equal(["emergency", "critical", "warning"], message.Alerts.Select(a => a.Level));
        Assert.Equal(3, (await StoredAsync()).Count(a => a.Type == AlertType.ThresholdReached));
    }

    [Fact]
    public async Task Post_OfAUserThatNoCheckHasAskedFor_Tells()
    {
        await PutChannelAsync("hook", ChannelType.Webhook, types: [AlertType.ThresholdReached]);
        await Engine.PutBudgetAsync(Middle, Budget.Empty with { PerUser = Budgets.Daily(1_000).Own });

        await Engine.PostAsync(Leaf, 700, user: "ann");
        await Engine.PostAsync(Middle, 900, user: "bob");

        Assert.Equal(["ann warning", "bob critical", "bob warning"], (await ReceivedAsync("hook", 3)).Select(a => $"{a.User} {a.Level}").Order());
    }

    [Fact]
    public async Task Post_OfAChildThatNoCheckHasAskedFor_Tells()
    {
        await PutChannelAsync("hook", ChannelType.Webhook, types: [AlertType.ThresholdReached]);
        await Engine.PutBudgetAsync(Middle, Budget.Empty with { PerChild = Budgets.Daily(1_000).Own });

        await Engine.PostAsync(Leaf, 700);

        Assert.Equal((Engine.PathOf(Leaf), "warning"), Assert.Single((await ReceivedAsync("hook", 1)).Select(a => (a.CostCenter, a.Level!))));
    }

    [Fact]
    public async Task Correction_BelowAThreshold_ArmsItAgain()
    {
        await PutChannelAsync("hook", ChannelType.Webhook, levels: ["warning"], types: [AlertType.ThresholdReached]);
        await Engine.PutBudgetAsync(Middle, Budgets.Daily(1_000));
        var record = Engine.Usage(Leaf, 750);
        await Engine.PostAsync(Leaf, record);
        await ReceivedAsync("hook", 1);

        var correction = record.Row with
        {
            RequestId = Commands.NewId(), Kind = RowKind.Correction, Corrects = record.Row.RequestId, Cost = new Money(-200), ContentHash = Guid.NewGuid(),
        };
        Assert.Equal(PostOutcome.Recorded, (await Engine.PostAsync(Leaf, new UsageMessage(correction, null))).Outcome);
        // A dip that nobody has seen arms nothing.
        await SweepAsync();
        await Engine.PostAsync(Leaf, 180);

        var received = await ReceivedAsync("hook", 2);
        Assert.Equal([0, 1], received.Select(a => a.Generation));
        Assert.Equal(2, received.Select(a => a.Id).Distinct().Count());
    }

    [Fact]
    public async Task Limit_ThatIsLowered_TellsWhy_AndRaised_ArmsAgain()
    {
        await PutChannelAsync("hook", ChannelType.Webhook, levels: ["warning"], types: [AlertType.ThresholdReached]);
        await Engine.PutBudgetAsync(Middle, Budgets.Daily(10_000));
        await SweepAsync();
        await Engine.PostAsync(Leaf, 750);

        await Engine.PutBudgetAsync(Middle, Budgets.Daily(1_000));
        Assert.Equal(AlertCause.LimitChange, (await ReceivedAsync("hook", 1))[0].Cause);
        await Engine.PutBudgetAsync(Middle, Budgets.Daily(10_000));
        await SweepAsync();
        await Engine.PutBudgetAsync(Middle, Budgets.Daily(1_000));

        Assert.Equal([0, 1], (await ReceivedAsync("hook", 2)).Select(a => a.Generation));
    }

    [Fact]
    public async Task PerUser_PastAThreshold_NamesTheUser()
    {
        await PutChannelAsync("hook", ChannelType.Webhook, types: [AlertType.ThresholdReached]);
        await Engine.PutBudgetAsync(Middle, Budgets.Of(Budgets.Limits(), perUser: Budgets.Limits(daily: 100)));
        await Engine.ReleaseAsync(await Engine.HoldAsync(Leaf, 1, user: "ann"));

        await Engine.PostAsync(Leaf, 75, user: "ann");

        var alert = Assert.Single(await ReceivedAsync("hook", 1));
        Assert.Equal((Engine.PathOf(Middle), "ann", 75L), (alert.CostCenter, alert.User, alert.Spent!.Value.Nanos));
    }

    [Fact]
    public async Task PerUser_OfAUserThatNobodyAskedFor_IsFoundByTheSweep()
    {
        await PutChannelAsync("hook", ChannelType.Webhook, types: [AlertType.ThresholdReached]);
        await Engine.PutBudgetAsync(Middle, Budgets.Of(Budgets.Limits(), perUser: Budgets.Limits(daily: 100)));

        await Engine.PostAsync(Leaf, 75, user: "bob");
        await SweepAsync();

        Assert.Equal("bob", Assert.Single(await ReceivedAsync("hook", 1)).User);
    }

    [Fact]
    public async Task Denial_IsToldOncePerWindow_AndItsEnd()
    {
        await PutChannelAsync("hook", ChannelType.Webhook, types: [AlertType.Denied, AlertType.WindowReset]);
        await Engine.PutBudgetAsync(Middle, Budgets.Daily(100));
        for (var i = 0; i < 3; i++) await Engine.AskAsync(Leaf, 101);

        var denied = Assert.Single(await ReceivedAsync("hook", 1));
        Assert.Equal((AlertType.Denied, Period.Daily, 100L), (denied.Type, denied.Period, denied.Limit!.Value.Nanos));
        await AdvanceAsync(TimeSpan.FromHours(11));
        Assert.Single(Outside.To("hook"));
        await AdvanceAsync(TimeSpan.FromHours(1));

        Assert.Equal(AlertType.WindowReset, (await ReceivedAsync("hook", 2))[1].Type);
        await Engine.AskAsync(Leaf, 101);
        Assert.Equal(AlertType.Denied, (await ReceivedAsync("hook", 3))[2].Type);
    }

    [Fact]
    public async Task Denials_OfManyUsers_AreToldOnce_WithTheirNumber()
    {
        await Engine.PutBudgetAsync(Middle, Budgets.Of(Budgets.Limits(), perUser: Budgets.Limits(daily: 100)));
        for (var i = 0; i < 300; i++) Assert.Equal(DenialReason.BudgetExceeded, (await Engine.AskAsync(Leaf, Engine.Check(Leaf, 101, user: $"made-up-{i}"))).Reason);

        await Eventually.HoldsAsync("256 of 300 users are counted", async () => (await StoredAsync()).Any(a => a.Users == 256));
        var denied = Assert.Single(await StoredAsync());
        Assert.Equal((AlertType.Denied, Engine.PathOf(Middle), "made-up-0"), (denied.Type, denied.CostCenter, denied.User));
    }

    [Fact]
    public async Task Events_OfMadeUpCostCenters_AreToldOfTheTenantOnce_OfThoseThatExistOfThemselves()
    {
        await Engine.PutBudgetAsync(Root, Budgets.Of(Budgets.Limits(), perChild: Budgets.Limits(daily: 100)));
        await Engine.PostAsync("known", 1, "taken");
        for (var i = 0; i < 5; i++)
        {
            await Engine.AskAsync($"refused-{i}", 101);
            await Engine.PostAsync($"squat-{i}", 2, "taken");
            await Engine.HoldAsync($"lapsed-{i}", 1, ttl: TimeSpan.FromSeconds(1));
        }

        Engine.Advance(TimeSpan.FromSeconds(2));
        for (var i = 0; i < 5; i++) await Engine.AskAsync($"lapsed-{i}", 1);

        await StoredAsync(12);
        // A record whose id another cost center has is booked, so its cost center exists.
        Assert.Equal(
            [.. Enumerable.Range(0, 5).Select(i => (AlertType.Conflict, Engine.PathOf($"squat-{i}"))), (AlertType.Unsettled, Engine.Tenant)],
            (await StoredAsync()).Where(a => a.Type != AlertType.CostCenterCreated).Select(a => (a.Type, a.CostCenter)).OrderBy(a => a));
    }

    [Fact]
    public async Task DryRun_ThatIsRefused_TellsNobody()
    {
        await PutChannelAsync("hook", ChannelType.Webhook);
        await Engine.PutBudgetAsync(Middle, Budgets.Daily(100));

        await Engine.AskAsync(Leaf, Engine.Check(Leaf, 101) with { DryRun = true });
        await Engine.PostAsync(Leaf, 75);

        Assert.Contains(await ReceivedAsync("hook", 2), a => a.Type == AlertType.ThresholdReached);
        Assert.DoesNotContain(await StoredAsync(), a => a.Type == AlertType.Denied);
    }

    [Fact]
    public async Task Conflict_AndALapsedReservation_AreToldOnceADay()
    {
        await PutChannelAsync("hook", ChannelType.Webhook, types: [AlertType.Conflict, AlertType.Unsettled]);
        await Engine.PutBudgetAsync(Middle, Budgets.Daily(1_000_000));
        var record = Engine.Usage(Leaf, 1);
        await Engine.PostAsync(Leaf, record);
        for (var i = 2; i < 5; i++) await Engine.PostAsync(Leaf, Engine.Usage(Leaf, i, record.Row.RequestId));

        var conflict = Assert.Single(await ReceivedAsync("hook", 1));
        Assert.Equal((AlertType.Conflict, Engine.PathOf(Leaf), record.Row.RequestId), (conflict.Type, conflict.CostCenter, conflict.Detail));
        for (var i = 0; i < 3; i++) await Engine.HoldAsync(Leaf, 5);
        Engine.Advance(Commands.Ttl + TimeSpan.FromSeconds(1));
        await Engine.ViewAsync(Leaf);
        await Engine.AskAsync(Leaf, 1);

        Assert.Equal(AlertType.Unsettled, (await ReceivedAsync("hook", 2))[1].Type);
        await SweepAsync();
        Assert.Equal(2, (await StoredAsync()).Count(a => a.Type is AlertType.Conflict or AlertType.Unsettled));
    }

    [Fact]
    public async Task Pause_AndResume_AreToldEachTime()
    {
        await PutChannelAsync("hook", ChannelType.Webhook, types: [AlertType.Paused, AlertType.Resumed]);
        await Engine.PutBudgetAsync(Middle, Budgets.Daily(1_000));
        for (var i = 0; i < 2; i++)
        {
            Engine.Advance(TimeSpan.FromMinutes(1));
            var pause = new Pause(Engine.PathOf(Middle), null, null, null, "too much", "ann", Engine.Clock.Now);
            await Engine.Store.Pauses.PutPauseAsync(pause, Engine.Admin(), CancellationToken.None);
            await Engine.Sweep.RoundAsync(CancellationToken.None);
            await Engine.Store.Pauses.DeletePauseAsync(Engine.PathOf(Middle), null, null, Engine.Admin(), CancellationToken.None);
            await Engine.Sweep.RoundAsync(CancellationToken.None);
        }

        var told = await ReceivedAsync("hook", 4);
        Assert.Equal(2, told.Count(a => a is { Type: AlertType.Paused, Detail: "too much", By: "ann" }));
        Assert.Equal(2, told.Count(a => a.Type == AlertType.Resumed));
    }

    [Fact]
    public async Task Crossing_WhoseProcessDied_IsFoundByTheSweepOfTheNext()
    {
        await PutChannelAsync("hook", ChannelType.Webhook, types: [AlertType.ThresholdReached]);
        await Engine.PutBudgetAsync(Middle, Budgets.Daily(1_000));
        Engine.Alerts.Stop();
        await Engine.PostAsync(Leaf, 750);
        Assert.Empty(await StoredAsync());

        Engine = await Engine.RestartAsync();
        await SweepAsync();

        Assert.Single(await ReceivedAsync("hook", 1));
    }
}
