using BudgetEngine.Alerts.Delivery;
using BudgetEngine.Domain.Alerts;
using BudgetEngine.Grains.Alerts;
using BudgetEngine.TestKit.Waiting;

namespace BudgetEngine.Grains.Tests.Alerts;

/// <summary>What a notifier remembers of whom it has told: bounded by what people can read in a minute.</summary>
public sealed class ChannelHealthTests
{
    private static readonly DateTimeOffset _now = new(2026, 3, 4, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(ChannelType.Webhook, 0)]
    [InlineData(ChannelType.PagerDuty, 0)]
    [InlineData(ChannelType.Slack, 300)]
    [InlineData(ChannelType.Email, 300)]
    public void Note_OfWhatWasSent_RemembersCostCentersForPeopleOnly(ChannelType type, int remembered)
    {
        var state = new InMemory();
        var health = new ChannelHealth(state, new ManualClock(_now));

        for (var i = 0; i < 300; i++) health.Note(type, Sent($"acme/l{i}"), SendOutcome.Sent, _now);

        Assert.Equal(remembered, state.Current.Told.Count);
        Assert.Equal(300, health.View().Sent);
        Assert.Empty(health.Told(_now + MessagePlan.CollectFor));
        Assert.Empty(state.Current.Told);
    }

    private static PlannedMessage Sent(string costCenter)
    {
        var alert = new Alert(costCenter, AlertType.ThresholdReached, costCenter, null, _now) { Threshold = 0.7m };
        return new PlannedMessage(costCenter, [new PendingDelivery(alert, false, 0, _now, _now)], null);
    }

    private sealed class InMemory : IPersistentState<NotifierState>
    {
        NotifierState Orleans.Core.IStorage<NotifierState>.State { get => Current; set => Current = value; }

        public NotifierState Current { get; private set; } = new();

        public string Etag => "";

        public bool RecordExists => false;

        public Task ReadStateAsync() => Task.CompletedTask;

        public Task WriteStateAsync() => Task.CompletedTask;

        public Task ClearStateAsync() => Task.CompletedTask;
    }
}
