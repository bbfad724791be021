using BudgetEngine.Api.Keys;
using BudgetEngine.Domain.Faults;
using BudgetEngine.Ledger.Nodes;

namespace BudgetEngine.Api.CostCenters;

/// <summary>
/// Tells a caller who has named a new cost center which existing one may have been meant. Only names that are not known come here, each at most once a minute, and no answer waits long
/// for it: it is a hint.
/// </summary>
public sealed class NearestNames(ICostCenterNames names, TimeProvider clock)
{
    /// <summary>New names that a process looks for in a minute, and remembers so long; of more nothing is told.</summary>
    public const int MaxPerMinute = 600;

    private static readonly TimeSpan _minute = TimeSpan.FromMinutes(1);

    /// <summary>How long an answer waits.</summary>
    private static readonly TimeSpan _within = TimeSpan.FromMilliseconds(250);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Task<string?>> _found = new(StringComparer.Ordinal);
    private long _since = clock.GetTimestamp();

    /// <param name="subtree">Names outside of it are not told.</param>
    /// <param name="newFrom">The highest cost center of the path that has just come into being; null: it does not exist yet.</param>
    /// <returns>Null: none is near, or it cannot be told now.</returns>
    public async Task<string?> FindAsync(string path, Subtree subtree, string? newFrom = null)
    {
        if (Search(path, newFrom) is not { } search) return null;
        try
        {
            return await search.WaitAsync(_within, clock) is { } found && subtree.Contains(found) ? found : null;
        }
        catch (Exception fault) when (fault is TimeoutException or ExpectedException)
        {
            // The ledger is busy or away: the decision, or the record, is told without the hint.
            return null;
        }
    }

    private Task<string?>? Search(string path, string? newFrom)
    {
        lock (_lock)
        {
            if (clock.GetElapsedTime(_since) >= _minute)
            {
                _since = clock.GetTimestamp();
                _found.Clear();
            }

            if (_found.TryGetValue(path, out var known)) return known;
            return _found.Count >= MaxPerMinute ? null : _found[path] = NearestCostCenter.FindAsync(names, path, newFrom, CancellationToken.None);
        }
    }
}
