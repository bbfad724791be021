using BudgetEngine.SimulatedSilo.Hosting;

namespace BudgetEngine.SimulatedSilo.Calls;

/// <summary>A call or its reply on its way; whoever holds it decides whether, when and how often it arrives.</summary>
public interface IGrainMessage
{
    /// <summary>The silo that sends it.</summary>
    InProcessSilo From { get; }

    /// <summary>Whether it is the reply to a call.</summary>
    bool IsReply { get; }

    /// <summary>Whether nobody waits for a reply.</summary>
    bool IsOneWay { get; }

    /// <summary>The interface that declares the method.</summary>
    Type Interface { get; }

    /// <summary>The name of the method.</summary>
    string Method { get; }

    /// <summary>The key of the grain that is called.</summary>
    string Key { get; }

    /// <summary>Delivers a call within the silo of its caller, a reply to its caller. May be called never, later, or more than once.</summary>
    void Deliver();

    /// <summary>Delivers a call to the activation that this silo has, or makes, for the grain.</summary>
    void DeliverTo(InProcessSilo silo);
}
