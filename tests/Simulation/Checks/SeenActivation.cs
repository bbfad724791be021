using BudgetEngine.Domain.Budgets;
using BudgetEngine.Grains.CostCenters;
using BudgetEngine.SimulatedSilo.Activations;
using BudgetEngine.Simulation.Cluster;

namespace BudgetEngine.Simulation.Checks;

/// <summary>A hold as it was last seen in a node's memory.</summary>
internal readonly record struct SeenHold(Guid Key, Stamp Attempt, string Owner, string User, DateOnly Date, long Left);

/// <summary>One activation of a node, and what it was last seen to hold.</summary>
internal sealed class SeenActivation(string path, Activation activation, EngineProcess process, CostCenterNode node, int order)
{
    public string Path => path;

    public Activation Activation => activation;

    public EngineProcess Process => process;

    public CostCenterNode Node => node;

    /// <summary>
    /// Which of the activations of its node it is: by the epoch, which the ledger gave out in turn, however late its answer came; in one process, where there is
    /// none, by the time at which they could first decide.
    /// </summary>
    public (long Epoch, int Begun) Order => (node.Epoch, order);

    public bool IsBefore(SeenActivation other) => Order.CompareTo(other.Order) < 0;

    public Dictionary<Guid, SeenHold> Holds { get; } = [];
}
