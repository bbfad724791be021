using System.Collections.Immutable;

namespace BudgetEngine.Domain.Alerts;

/// <summary>One message to one channel: a request of its own, an e-mail.</summary>
/// <param name="Alerts">At least one, the highest first. Channels for programs get one at a time.</param>
/// <param name="Resolves">What the first alert told of is over (PagerDuty: <c>resolve</c>).</param>
public sealed record ChannelMessage(ImmutableArray<Alert> Alerts, bool Resolves)
{
    public Alert First => Alerts[0];
}
