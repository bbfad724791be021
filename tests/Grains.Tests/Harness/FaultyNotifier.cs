using BudgetEngine.Ledger.Writer;

namespace BudgetEngine.Grains.Tests.Harness;

/// <summary>A teller that a test can hold up and break.</summary>
public sealed class FaultyNotifier(INodeNotifier inner) : INodeNotifier
{
    private readonly Lock _lock = new();
    private readonly List<string> _told = [];

    /// <summary>With every tell, before the node hears it: waits, or throws.</summary>
    public Func<NodeUpdate, Task>? Before { get; set; }

    /// <summary>Whom was told, in order, failures included.</summary>
    public IReadOnlyList<string> Told
    {
        get
        {
            lock (_lock) return [.. _told];
        }
    }

    public async Task NotifyAsync(NodeUpdate news)
    {
        lock (_lock) _told.Add(news.CostCenter);
        if (Before is { } before) await before(news);
        await inner.NotifyAsync(news);
    }
}
