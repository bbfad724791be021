using BudgetEngine.Ledger.Writer;

namespace BudgetEngine.Grains.Tests.Harness;

/// <summary>Stands in until there is a silo: the writer starts before the one whose grains it tells.</summary>
public sealed class LateNotifier : INodeNotifier
{
    public INodeNotifier Target { get; set; } = null!;

    public Task NotifyAsync(NodeUpdate update) => Target.NotifyAsync(update);
}
