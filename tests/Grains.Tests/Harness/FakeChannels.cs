using System.Collections.Concurrent;
using BudgetEngine.Alerts.Delivery;
using BudgetEngine.Domain.Alerts;

namespace BudgetEngine.Grains.Tests.Harness;

/// <summary>Stands for the world outside: keeps what arrives, and answers as the test says.</summary>
public sealed class FakeChannels(TimeProvider clock) : IChannelSender
{
    private readonly ConcurrentQueue<Arrival> _arrived = [];

    public sealed record Arrival(string Channel, ChannelMessage Message, DateTimeOffset At, SendOutcome Outcome);

    /// <summary>What a channel answers; sent where nothing is set.</summary>
    public ConcurrentDictionary<string, Func<ChannelMessage, Task<SendOutcome>>> Answers { get; } = new();

    /// <summary>Every attempt, in the order in which they ended.</summary>
    public IReadOnlyList<Arrival> Attempts => [.. _arrived];

    public IReadOnlyList<Arrival> To(string channel) => [.. _arrived.Where(a => a.Channel == channel && a.Outcome.Result == SendResult.Sent)];

    public async Task<SendOutcome> SendAsync(Channel channel, ChannelMessage message, CancellationToken cancellationToken)
    {
        var outcome = Answers.TryGetValue(channel.Name, out var answer) ? await answer(message) : SendOutcome.Sent;
        _arrived.Enqueue(new Arrival(channel.Name, message, clock.GetUtcNow(), outcome));
        return outcome;
    }
}
