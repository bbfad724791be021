using BudgetEngine.Domain.Alerts;
using BudgetEngine.Grains.Interfaces.Alerts;

namespace BudgetEngine.Api.Channels;

/// <summary>A channel, and how it is doing (null: its notifier does not answer).</summary>
internal sealed record ChannelView(Channel Channel, NotifierView? Health);
