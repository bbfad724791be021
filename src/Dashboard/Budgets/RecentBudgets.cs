using BudgetEngine.Domain.Budgets;

namespace BudgetEngine.Dashboard.Budgets;

/// <summary>Budgets as they were before the latest changes made here, so that each can be undone while its toast stands. Lost with the process: then there is no Undo.</summary>
internal sealed class RecentBudgets(TimeProvider clock)
{
    private const int MaxKept = 256;
    private static readonly TimeSpan KeptFor = TimeSpan.FromMinutes(2);

    private readonly Lock _lock = new();
    private readonly Dictionary<(string Path, long Version), (Budget Before, DateTimeOffset At)> _kept = [];

    /// <param name="version">Of the budget that took its place.</param>
    public void Keep(string path, long version, Budget before)
    {
        var now = clock.GetUtcNow();
        lock (_lock)
        {
            foreach (var old in _kept.Where(k => now - k.Value.At > KeptFor).Select(k => k.Key).ToList()) _kept.Remove(old);
            if (_kept.Count < MaxKept) _kept[(path, version)] = (before, now);
        }
    }

    public bool Knows(string path, long version) => Find(path, version) is not null;

    public Budget? Find(string path, long version)
    {
        lock (_lock) return _kept.TryGetValue((path, version), out var kept) && clock.GetUtcNow() - kept.At <= KeptFor ? kept.Before : null;
    }
}
