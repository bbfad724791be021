using System.Diagnostics.Metrics;
using BudgetEngine.Alerts.Delivery;
using BudgetEngine.Api.Metrics;
using BudgetEngine.Domain.Alerts;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace BudgetEngine.Silo.Metrics;

/// <summary>Sends alerts, and counts what became of each message by channel.</summary>
internal sealed class MeasuredSender(IChannelSender sender, BudgetMeter meter) : IChannelSender
{
    private readonly Counter<long> _messages = meter.Meter.CreateCounter<long>(
        "budget.notifications", null, "Messages to channels by result: sent, failed (tried again), refused, gone.");

    public async Task<SendOutcome> SendAsync(Channel channel, ChannelMessage message, CancellationToken cancellationToken)
    {
        var outcome = await sender.SendAsync(channel, message, cancellationToken);
        _messages.Add(1, new("channel", channel.Name), new KeyValuePair<string, object?>("result", outcome.Result.ToString().ToLowerInvariant()));
        return outcome;
    }

    /// <summary>Puts itself before the sender that is registered.</summary>
    public static void Add(IServiceCollection services)
    {
        var inner = services.Last(s => s.ServiceType == typeof(IChannelSender)).ImplementationType!;
        services.Replace(ServiceDescriptor.Singleton<IChannelSender>(
            p => new MeasuredSender((IChannelSender)ActivatorUtilities.CreateInstance(p, inner), p.GetRequiredService<BudgetMeter>())));
    }
}
