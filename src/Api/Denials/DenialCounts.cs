using BudgetEngine.Ledger.Denials;

namespace BudgetEngine.Api.Denials;

/// <summary>
/// Denials that are counted and not kept, by minute, cost center and reason, until they are in the ledger. Bounded in all: what finds no room is in the metrics only. Not for several
/// threads at once.
/// </summary>
internal sealed class DenialCounts
{
    /// <summary>Rows that wait, of all minutes together: an hour without the ledger under a flood of 100 cost centers.</summary>
    public const int MaxRows = 10_000;

    /// <summary>Cost centers and reasons of one tenant and minute that are told apart; the rest is counted at the tenant.</summary>
    public const int MaxRowsPerTenant = 100;

    private readonly Dictionary<Row, Count> _counts = [];
    private readonly Dictionary<(DateTimeOffset Minute, string Tenant), int> _rowsOf = [];

    private readonly record struct Row(DateTimeOffset Minute, string CostCenter, string Reason);

    private sealed class Count
    {
        public long Denials;
        public long Written;
    }

    /// <summary>False: there is no room.</summary>
    public bool TryAdd(DateTimeOffset minute, string tenant, string costCenter, string reason) =>
        TryAdd(tenant, new Row(minute, costCenter, reason), MaxRowsPerTenant) || TryAdd(tenant, new Row(minute, tenant, reason), int.MaxValue);

    /// <summary>What has changed since it was written last.</summary>
    public List<OmittedDenials> Changed(Guid process, int limit)
    {
        var changed = new List<OmittedDenials>();
        foreach (var (row, count) in _counts)
        {
            if (changed.Count == limit) break;
            if (count.Denials != count.Written) changed.Add(new OmittedDenials(row.Minute, process, row.CostCenter, row.Reason, count.Denials));
        }

        return changed;
    }

    /// <summary>These are in the ledger. What is older than the minute before <paramref name="now"/> will not change any more, and is forgotten.</summary>
    public void Written(IReadOnlyList<OmittedDenials> written, DateTimeOffset now)
    {
        // A whole minute later: a row that was forgotten while somebody still adds to it would begin anew, and replace what is stored.
        var before = now.AddMinutes(-2);
        foreach (var row in written) _counts[new Row(row.Minute, row.CostCenter, row.Reason)].Written = row.Count;
        foreach (var (row, count) in _counts)
        {
            if (row.Minute < before && count.Denials == count.Written) _counts.Remove(row);
        }

        foreach (var (of, _) in _rowsOf)
        {
            if (of.Minute < before) _rowsOf.Remove(of);
        }
    }

    private bool TryAdd(string tenant, Row row, int most)
    {
        if (_counts.TryGetValue(row, out var count))
        {
            count.Denials++;
            return true;
        }

        var rows = _rowsOf.GetValueOrDefault((row.Minute, tenant));
        if (rows >= most || _counts.Count >= MaxRows) return false;
        _rowsOf[(row.Minute, tenant)] = rows + 1;
        _counts.Add(row, new Count { Denials = 1 });
        return true;
    }
}
