namespace BudgetEngine.SimulatedSilo.Calls;

/// <summary>No faults.</summary>
internal sealed class DeliverAtOnce : IMessageDelivery
{
    internal static DeliverAtOnce Instance { get; } = new();

    public void Deliver(IGrainMessage message) => message.Deliver();
}
