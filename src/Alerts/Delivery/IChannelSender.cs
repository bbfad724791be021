using BudgetEngine.Domain.Alerts;

namespace BudgetEngine.Alerts.Delivery;

/// <summary>Carries a message to the world. Never throws for what the world does; implementations have their own time limit.</summary>
public interface IChannelSender
{
    Task<SendOutcome> SendAsync(Channel channel, ChannelMessage message, CancellationToken cancellationToken);
}
