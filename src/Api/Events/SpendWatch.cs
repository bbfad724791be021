using BudgetEngine.Domain.CostCenters;

namespace BudgetEngine.Api.Events;

/// <summary>Which cost centers have changed since somebody last looked; nothing is kept while nobody listens.</summary>
public sealed class SpendWatch
{
    private readonly EventHub _hub;
    private readonly Lock _lock = new();
    private Dictionary<string, bool> _changed = new(StringComparer.Ordinal);

    internal SpendWatch(EventHub hub) => _hub = hub;

    /// <summary>Usage was recorded: the cost center and all above it have spent.</summary>
    internal void Spent(string path)
    {
        if (_hub.IsActive) Add(CostCenterId.SelfAndAncestors(path), spent: true);
    }

    /// <summary>What decides whether its breaker is open may have changed.</summary>
    internal void Touch(string path)
    {
        if (_hub.IsActive) Add([path], spent: false);
    }

    /// <summary>At most so many, with whether there was spend; the others stay.</summary>
    internal IReadOnlyList<(string Path, bool Spent)> Take(int most)
    {
        lock (_lock)
        {
            if (_changed.Count == 0) return [];
            var taken = _changed.Take(most).Select(c => (c.Key, c.Value)).ToList();
            if (taken.Count == _changed.Count) _changed = new Dictionary<string, bool>(StringComparer.Ordinal);
            else foreach (var (path, _) in taken) _changed.Remove(path);
            return taken;
        }
    }

    /// <summary>They could not be looked at.</summary>
    internal void PutBack(IEnumerable<KeyValuePair<string, bool>> taken)
    {
        foreach (var (path, spent) in taken) Add([path], spent);
    }

    private void Add(string[] paths, bool spent)
    {
        lock (_lock)
        {
            foreach (var path in paths)
            {
                if (_changed.TryGetValue(path, out var known)) _changed[path] = known || spent;
                else if (_changed.Count < EventLimits.MaxChanged) _changed.Add(path, spent);
            }
        }
    }
}
