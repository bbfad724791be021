using BudgetEngine.Domain.Alerts;
using BudgetEngine.Grains.Tests.Harness;
using BudgetEngine.Ledger.Alerts;
using BudgetEngine.TestKit.Waiting;

namespace BudgetEngine.Grains.Tests.Alerts;

/// <summary>A test with an engine whose channels go to <see cref="FakeChannels"/>. The silo is the test's own: the clock of notifiers is.</summary>
public abstract class AlertTest : EngineTest
{
    protected override bool OwnSilo => true;

    protected FakeChannels Outside => Engine.Outside;

    protected Task PutChannelAsync(string name, ChannelType type, string under = "", string[]? levels = null, AlertType[]? types = null) => Engine.Store.Channels.PutChannelAsync(
        new Channel(name, Engine.PathOf(under), type, [.. levels ?? []], [.. types ?? []], new ChannelTarget { Url = "https://example.com/" }, null), null, Engine.Admin(),
        CancellationToken.None);

    /// <summary>What a channel has received, when it is so many alerts, in the order of arrival.</summary>
    protected async Task<List<Alert>> ReceivedAsync(string channel, int alerts)
    {
        await Eventually.HoldsAsync($"{alerts} alerts at {channel}", () => Outside.To(channel).Sum(a => a.Message.Alerts.Length) >= alerts);
        return [.. Outside.To(channel).SelectMany(a => a.Message.Alerts)];
    }

    protected Task AttemptsAsync(string channel, int attempts) =>
        Eventually.HoldsAsync($"{attempts} attempts at {channel}", () => Outside.Attempts.Count(a => a.Channel == channel) >= attempts);

    protected async Task<IReadOnlyList<Alert>> StoredAsync(string below = "") =>
        [.. (await Engine.Store.Alerts.ReadAlertsAsync(Engine.PathOf(below), null, null, 500, CancellationToken.None)).Select(a => a.Alert).Reverse()];

    protected Task StoredAsync(int alerts) => Eventually.HoldsAsync($"{alerts} stored alerts", async () => (await StoredAsync()).Count >= alerts);

    /// <summary>Null while nothing is to be told to it.</summary>
    protected async Task<StoredDelivery?> FindDeliveryAsync(string channel)
    {
        foreach (var alert in await StoredAsync())
        {
            var found = (await Engine.Store.Alerts.ReadDeliveriesAsync(alert.Id, CancellationToken.None)).FirstOrDefault(d => d.Channel == channel);
            if (found is not null) return found;
        }

        return null;
    }

    protected async Task<StoredDelivery> DeliveryAsync(string channel) =>
        await FindDeliveryAsync(channel) ?? throw new InvalidOperationException($"Nothing is to be told to {channel}.");

    protected Task DeliveryAsync(string channel, Func<StoredDelivery, bool> isSo, string what) => Eventually.HoldsAsync(what, async () => await FindDeliveryAsync(channel) is { } found && isSo(found));

    /// <summary>The roll-up that puts changed balances on the list, and a round of the sweep.</summary>
    protected async Task SweepAsync()
    {
        while (await Engine.Store.Housekeeping.RollUpAsync(1_000, CancellationToken.None) > 0)
        {
        }

        await Engine.Sweep.RoundAsync(CancellationToken.None);
    }

    /// <summary>Moves the clock and lets the sweep ring for what is due.</summary>
    protected async Task AdvanceAsync(TimeSpan by)
    {
        Engine.Advance(by);
        await Engine.Sweep.RoundAsync(CancellationToken.None);
    }
}
