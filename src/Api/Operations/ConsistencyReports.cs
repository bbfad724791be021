using BudgetEngine.Ledger.Reports;

namespace BudgetEngine.Api.Operations;

/// <summary>A comparison of rows with balances, and when it began.</summary>
public sealed record DatedConsistencyReport(ConsistencyReport Report, DateTimeOffset AsOf);

/// <summary>
/// Comparisons of rows with balances, which read every row. One of a subtree at a time; and one that took long is given again for as long as some ten of its kind would take, so that
/// asking all the time takes a tenth of a reader at most.
/// </summary>
public sealed class ConsistencyReports(ILedgerConsistency ledger, TimeProvider clock)
{
    /// <summary>What takes less is compared anew each time.</summary>
    public static readonly TimeSpan Long = TimeSpan.FromSeconds(1);

    /// <summary>Kept reports; of more the oldest go.</summary>
    public const int MaxKept = 100;

    private const int TimesKept = 10;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Entry> _entries = [];

    private sealed class Entry(string subtree)
    {
        public string Subtree { get; } = subtree;

        public SemaphoreSlim OneAtATime { get; } = new(1);

        public DatedConsistencyReport? Report { get; set; }

        /// <summary>Until when the report is given again, by the monotonic clock from <see cref="Since"/> on.</summary>
        public TimeSpan KeptFor { get; set; }

        public long Since { get; set; }

        public int Askers { get; set; }
    }

    /// <param name="under">Null: everything.</param>
    public async Task<DatedConsistencyReport> CheckAsync(string? under, CancellationToken cancellationToken)
    {
        var entry = Enter(under ?? "");
        try
        {
            await entry.OneAtATime.WaitAsync(cancellationToken);
            try
            {
                if (entry.Report is { } kept && clock.GetElapsedTime(entry.Since) < entry.KeptFor) return kept;
                return await CompareAsync(entry, under, cancellationToken);
            }
            finally
            {
                entry.OneAtATime.Release();
            }
        }
        finally
        {
            Leave(entry);
        }
    }

    private async Task<DatedConsistencyReport> CompareAsync(Entry entry, string? under, CancellationToken cancellationToken)
    {
        var (asOf, began) = (clock.GetUtcNow(), clock.GetTimestamp());
        entry.Report = null;
        var report = new DatedConsistencyReport(await ledger.CheckConsistencyAsync(under, cancellationToken), asOf);
        var took = clock.GetElapsedTime(began);
        if (took >= Long) (entry.Report, entry.KeptFor, entry.Since) = (report, took * TimesKept, clock.GetTimestamp());
        return report;
    }

    private Entry Enter(string subtree)
    {
        lock (_lock)
        {
            if (!_entries.TryGetValue(subtree, out var entry)) _entries.Add(subtree, entry = new Entry(subtree));
            entry.Askers++;
            return entry;
        }
    }

    private void Leave(Entry entry)
    {
        lock (_lock)
        {
            if (--entry.Askers > 0) return;
            if (entry.Report is null) _entries.Remove(entry.Subtree);
            if (_entries.Count <= MaxKept) return;
            if (_entries.Values.Where(e => e.Askers == 0).MinBy(e => e.Since) is { } oldest) _entries.Remove(oldest.Subtree);
        }
    }
}
