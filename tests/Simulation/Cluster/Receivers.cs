using BudgetEngine.Alerts.Delivery;
using BudgetEngine.Domain.Alerts;
using BudgetEngine.Simulation.Checks;

namespace BudgetEngine.Simulation.Cluster;

/// <summary>The other ends of the channels: slow, refusing for a while, or taking a message whose answer is lost.</summary>
internal sealed class Receivers(World world) : IChannelSender
{
    private readonly HashSet<(string Channel, string AlertId, bool Resolves)> _received = [];
    private readonly HashSet<string> _failed = [];

    public IReadOnlyList<Channel> Channels { get; } =
    [
        Of("hook", ChannelType.Webhook), Of("people", ChannelType.Slack), Of("duty", ChannelType.PagerDuty) with { Types = [AlertType.ThresholdReached, AlertType.Resumed] },
        Of("loud", ChannelType.Webhook) with { Levels = ["critical", "exceeded"], Types = [AlertType.ThresholdReached, AlertType.Paused] }, Of("below", ChannelType.Email) with { Under = "acme/a" },
    ];

    public bool Has(string channel, string alertId, bool resolves) => _received.Contains((channel, alertId, resolves));

    /// <summary>What was taken is taken, whatever becomes of the process that sent it.</summary>
    public Task<SendOutcome> SendAsync(Channel channel, ChannelMessage message, CancellationToken cancellationToken) =>
        Task.Factory.StartNew(() => ServeAsync(channel, message), CancellationToken.None, TaskCreationOptions.DenyChildAttach, world.Outside).Unwrap();

    private async Task<SendOutcome> ServeAsync(Channel channel, ChannelMessage message)
    {
        var (plan, dice) = (world.Faults, world.Dice);
        if (plan is not null && dice.OneIn(4)) await world.DelayAsync(dice.Millis(5, 2_000));
        if (plan is not null && dice.Percent(plan.ReceiverFails)) return Failed(channel, "503");
        Take(channel, message);
        if (plan is not null && dice.Percent(plan.ReceiverFails / 2)) return Failed(channel, "the connection was cut");
        if (_failed.Contains(channel.Name)) world.Reach(Sometimes.ChannelFailedThenWell);
        return SendOutcome.Sent;
    }

    private SendOutcome Failed(Channel channel, string error)
    {
        _failed.Add(channel.Name);
        return new SendOutcome(SendResult.Failed, error, world.Dice.OneIn(3) ? TimeSpan.FromSeconds(world.Dice.Between(1, 20)) : null);
    }

    private void Take(Channel channel, ChannelMessage message)
    {
        world.Log(() => $"{channel.Name} hears {string.Join(' ', message.Alerts.Select(a => a.Id[..10]))}{(message.Resolves ? " over" : "")}");
        world.Require(channel.Type is ChannelType.Slack or ChannelType.Email || message.Alerts.Length == 1, () => $"{channel.Name} is told {message.Alerts.Length} alerts at once");
        world.Require(message.Alerts.Length is > 0 and <= MessagePlan.MaxAlertsPerMessage, () => $"a message of {message.Alerts.Length} alerts");
        if (message.Alerts.Length > 1) world.Reach(Sometimes.MessageCollected);
        foreach (var alert in message.Alerts)
        {
            world.Require(
                world.Database.Alerting.AlertsById.GetValueOrDefault(alert.Id)?.Alert.Id == alert.Id, () => $"durable before told (9): {channel.Name} hears of {alert.Id}, which the ledger does not have");
            if (!_received.Add((channel.Name, alert.Id, message.Resolves))) world.Reach(Sometimes.DeliveryRepeated);
        }
    }

    private static Channel Of(string name, ChannelType type) => new(name, null, type, [], [], new ChannelTarget { Url = "https://receiver.example" }, null);
}
