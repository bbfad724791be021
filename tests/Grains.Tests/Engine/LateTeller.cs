using BudgetEngine.Ledger;

namespace BudgetEngine.Grains.Tests;

/// <summary>Stands in until there is a silo: the writer starts before the one whose grains it tells.</summary>
public sealed class LateTeller : INodeTeller
{
    public INodeTeller Target { get; set; } = null!;

    public Task TellAsync(NodeNews news) => Target.TellAsync(news);
}
