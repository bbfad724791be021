using BudgetEngine.Domain.Alerts;

namespace BudgetEngine.Domain.Tests.Alerts;

public sealed class MessagePlanTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 21, 10, 0, 0, TimeSpan.Zero);

    private static readonly Dictionary<string, LastSent> Nobody = [];

    [Fact]
    public void BurstOfThreeThresholds_IsThreeMessagesToAProgram_AndOneToPeopleThatShowsTheHighestAndListsAll()
    {
        PendingDelivery[] burst = [Crossing("acme", 0.7m), Crossing("acme", 0.9m), Crossing("acme", 0.95m)];

        foreach (var program in new[] { ChannelType.Webhook, ChannelType.PagerDuty })
        {
            Assert.Equal([0.7m, 0.9m, 0.95m], MessagePlan.Of(program, burst, Nobody, Now).Select(m => Assert.Single(m.Deliveries).Alert.Threshold!.Value));
        }

        foreach (var people in ChannelTypes.All.Where(ChannelTypes.CollectsForPeople))
        {
            var message = Assert.Single(MessagePlan.Of(people, burst, Nobody, Now));
            Assert.Null(message.SendAt);
            Assert.Equal(0.95m, message.Message.First.Threshold);
            Assert.Equal([0.95m, 0.9m, 0.7m], message.Message.Alerts.Select(a => a.Threshold!.Value));
        }
    }

    [Fact]
    public void ChannelsForPeople_AreAllButWebhookAndPagerDuty() =>
        Assert.Equal(
            [ChannelType.Slack, ChannelType.Discord, ChannelType.Telegram, ChannelType.Email, ChannelType.Teams], ChannelTypes.All.Where(ChannelTypes.CollectsForPeople));

    [Theory]
    [InlineData(0.9, 0.7, null)]
    [InlineData(0.7, 0.7, 60)]
    [InlineData(0.7, 0.9, 60)]
    public void HigherThanTold_IsSentAtOnce_OthersWaitForTheEndOfTheMinute(double at, double told, int? waits)
    {
        var message = Assert.Single(MessagePlan.Of(ChannelType.Slack, [Crossing("acme", (decimal)at)], Told("acme", Now.AddSeconds(-20), (decimal)told), Now));

        Assert.Equal(waits is null ? null : Now.AddSeconds(40), message.SendAt);
    }

    [Fact]
    public void AfterAMinute_NothingIsCollectedAnyMore()
    {
        PendingDelivery[] due = [Crossing("acme", 0.7m)];

        Assert.NotNull(Assert.Single(MessagePlan.Of(ChannelType.Slack, due, Told("acme", Now.AddSeconds(-60).AddTicks(1), 0.9m), Now)).SendAt);
        Assert.Null(Assert.Single(MessagePlan.Of(ChannelType.Slack, due, Told("acme", Now.AddSeconds(-60), 0.9m), Now)).SendAt);
    }

    [Fact]
    public void CostCenters_AreTheirOwnMessages_AndTheirOwnMinutes()
    {
        var messages = MessagePlan.Of(ChannelType.Slack, [Crossing("a", 0.7m), Crossing("b", 0.7m), Crossing("a", 0.9m)], Told("b", Now, 0.7m), Now).ToList();

        Assert.Equal([("a", 2, true), ("b", 1, false)], messages.Select(m => (m.CostCenter, m.Deliveries.Length, m.SendAt is null)).Order());
    }

    [Fact]
    public void WhatIsNoThreshold_WaitsToo_ButTestsAndRepeatsDoNot()
    {
        var told = Told("acme", Now.AddSeconds(-1), 0m);
        PlannedMessage Plan(PendingDelivery delivery) => Assert.Single(MessagePlan.Of(ChannelType.Email, [delivery], told, Now));

        Assert.NotNull(Plan(Pending(new Alert("d", AlertType.Denied, "acme", null, Now))).SendAt);
        Assert.Null(Plan(Pending(new Alert("t", AlertType.ChannelTest, "acme", null, Now))).SendAt);
        Assert.Null(Plan(Crossing("acme", 0.7m) with { Attempts = 1 }).SendAt);
    }

    [Fact]
    public void Message_HasNoMoreThanTwentyAlerts_TheHighestFirst()
    {
        var due = Enumerable.Range(1, 45).Select(i => Crossing("acme", i / 100m)).ToList();

        var messages = MessagePlan.Of(ChannelType.Teams, due, Nobody, Now).ToList();

        Assert.Equal([20, 20, 5], messages.Select(m => m.Deliveries.Length));
        Assert.Equal(due.Select(d => d.Alert.Threshold).Reverse(), messages.SelectMany(m => m.Deliveries).Select(d => d.Alert.Threshold));
    }

    [Fact]
    public void Summary_IsAMessageOfItsOwn_AndWaitsForNothing()
    {
        var summary = Pending(new Alert("s", AlertType.SpendSummary, "acme", null, Now));

        var messages = MessagePlan.Of(ChannelType.Slack, [Crossing("acme", 0.7m), summary], Told("acme", Now.AddSeconds(-1), 0.9m), Now).ToList();

        Assert.Equal([("acme0.7", false), ("s", true)], messages.Select(m => (Assert.Single(m.Deliveries).Alert.Id, m.SendAt is null)).Order());
    }

    private static Dictionary<string, LastSent> Told(string costCenter, DateTimeOffset at, decimal height) => new() { [costCenter] = new LastSent(at, height) };

    private static PendingDelivery Crossing(string costCenter, decimal at) =>
        Pending(new Alert($"{costCenter}{at}", AlertType.ThresholdReached, costCenter, null, Now) { Threshold = at });

    private static PendingDelivery Pending(Alert alert) => new(alert, false, 0, Now, Now);
}
