namespace BudgetEngine.SimulatedSilo.Calls;

/// <summary>The hook for faults: decides about every call and reply of a silo's callers.</summary>
public interface IMessageDelivery
{
    /// <summary>Delivers the message now, later, never, twice, or elsewhere. May run on any thread that calls a grain.</summary>
    void Deliver(IGrainMessage message);
}
