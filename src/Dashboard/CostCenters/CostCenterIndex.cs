using BudgetEngine.Api.CostCenters;
using BudgetEngine.Domain.CostCenters;

namespace BudgetEngine.Dashboard.CostCenters;

/// <summary>
/// All cost centers in the order of their utilization, as of a few seconds ago: what to look at first, and what the search finds. Their figures are read anew by
/// whoever shows them. Read from the ledger once for all readers, and behind their backs when that takes long.
/// </summary>
internal sealed class CostCenterIndex(UtilizationOrder order, TimeProvider clock)
{
    /// <summary>Those beyond it are reached by the tree.</summary>
    private const int MaxIndexed = 20_000;

    /// <summary>A reader waits for a reading that lately took no longer than this.</summary>
    private static readonly TimeSpan Quick = TimeSpan.FromMilliseconds(40);

    /// <summary>A reading of so few is quick whatever the last one took, which in a fresh process was mostly the process itself.</summary>
    private const int Few = 500;
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan FreshWhenSlow = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private Task<Reading>? _reading;
    private Reading? _last;

    /// <summary>At and below a cost center (null: all), by utilization, highest first.</summary>
    public async Task<IReadOnlyList<string>> ByUtilizationAsync(string? under)
    {
        var all = await CurrentAsync();
        return under is null ? all.Paths : [.. all.Paths.Where(p => CostCenterId.IsWithin(p, under))];
    }

    private async Task<Reading> CurrentAsync()
    {
        Task<Reading> reading;
        lock (_lock)
        {
            var last = _last;
            var now = clock.GetUtcNow();
            var quick = last is null || last.Took <= Quick || last.Paths.Count <= Few;
            if (last is not null && now - last.At < (quick ? Fresh : FreshWhenSlow)) return last;
            reading = _reading ??= ReadAsync(now);
            if (!quick) return last!;
        }

        return await reading;
    }

    private async Task<Reading> ReadAsync(DateTimeOffset now)
    {
        // What follows is not waited for under the lock.
        await Task.Yield();
        try
        {
            var startedAt = clock.GetTimestamp();
            var paths = await order.PageAsync(null, null, MaxIndexed, CancellationToken.None);
            var read = new Reading(paths, now, clock.GetElapsedTime(startedAt));
            lock (_lock) _last = read;
            return read;
        }
        finally
        {
            lock (_lock) _reading = null;
        }
    }

    private sealed record Reading(IReadOnlyList<string> Paths, DateTimeOffset At, TimeSpan Took);
}
