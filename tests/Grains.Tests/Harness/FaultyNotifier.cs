using BudgetEngine.Ledger.Writer;

namespace BudgetEngine.Grains.Tests.Harness;

/// <summary>A teller that a test can hold up and break.</summary>
public sealed class FaultyNotifier(INodeNotifier inner) : INodeNotifier
{
    private readonly Lock _lock = new();
    private readonly List<string> _notified = [];

    /// <summary>With every tell, before the node hears it: waits, or throws.</summary>
    public Func<NodeUpdate, Task>? Before { get; set; }

    /// <summary>Whom was told, in order, failures included.</summary>
    public IReadOnlyList<string> Told
    {
        get
        {
            lock (_lock) return [.. _notified];
        }
    }

    public async Task NotifyAsync(NodeUpdate update)
    {
        lock (_lock) _notified.Add(update.CostCenter);
        if (Before is { } before) await before(update);
        await inner.NotifyAsync(update);
    }
}
