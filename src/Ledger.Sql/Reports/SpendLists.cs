using System.Buffers;
using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Domain.Reports;
using BudgetEngine.Domain.Windows;
using BudgetEngine.Ledger.Records;
using BudgetEngine.Ledger.Sql.Moves;
using BudgetEngine.Ledger.Sql.Storage;
using BudgetEngine.Ledger.Storage;

namespace BudgetEngine.Ledger.Sql.Reports;

/// <summary>
/// Who spent what in a window, of the cost centers of one level, many to a row: so that 100,000 of them are read in hundreds of rows. Follows the rows of usage by a cursor of its own, and puts down what the
/// balance is then: not what it has grown by, so nothing is ever counted twice, and what went wrong once is mended with the next record. What was there before, and what was moved, is filled in from the
/// balances, some cost centers at a time.
/// </summary>
internal sealed class SpendLists(LedgerDatabase database, PathCache paths)
{
    /// <summary>Cost centers of one row. More are read in less time; each change of one writes all of them.</summary>
    public const int MaxEntries = 128;

    /// <summary>Of a part that has become too large: room to grow.</summary>
    private const int EntriesOfSplit = 96;

    /// <summary>Cost centers of one step of a fill, with all their days.</summary>
    private const int MaxFilled = 20;

    /// <summary>More parts of the tree than that are not told apart: each is a condition of its own.</summary>
    private const int MaxUntold = 100;

    private static readonly (string Name, string Type)[] _columns = [("depth", "bigint"), ("period", "bigint"), ("window_date", "date"), ("first_path", "text"), ("entries", "bytea")];

    private static readonly (string Name, string Type)[] _places = [("depth", "bigint"), ("period", "bigint"), ("window_date", "date"), ("path", "text")];

    /// <summary>Names a list.</summary>
    private readonly record struct List(int Depth, Period Period, DateOnly Window);

    private sealed record Part(List List, string First, byte[] Entries);

    private sealed record Row(string CostCenter, DateOnly Date, string Tenant, string RequestId);

    private sealed record Fill(string Under, string After);

    /// <param name="Last">The row that the cursor goes behind. <paramref name="Filled"/>: the fill that has come to the last of <paramref name="To"/>, or ended if that is null.</param>
    private sealed record Portion(List<Part> Parts, int Rows, Row? Last, Fill? Filled, string? To);

    /// <summary>Cost centers, with all below and above them, of which lists do not tell yet; an empty path stands for all.</summary>
    public static async Task<List<string>> UntoldAsync(LedgerSession s, CancellationToken cancellationToken)
    {
        var filled = await s.ListAsync("select under from spend_list_fills", r => r.Text(), cancellationToken);
        List<string> untold = [.. filled, .. (await CountedRows.UnderWayAsync(s, cancellationToken)).SelectMany(m => new[] { m.From, m.To })];
        return untold.Count > MaxUntold ? [""] : untold;
    }

    /// <summary>Lists of a cost center, with all below and above it, are to be made from its balances; those of all, if its path is empty.</summary>
    public static Task BeginFillAsync(LedgerSession s, string under, CancellationToken cancellationToken) => s.ExecuteAsync(
        "insert into spend_list_fills (under, after_path) values (@under, '') on conflict (under) do update set after_path = excluded.after_path", cancellationToken, ("under", under));

    /// <summary>Follows the rows, and goes on with a fill where it has come to the last of them: new ones come without end.</summary>
    /// <returns>How many rows were followed; after a step of a fill the limit, since there is more to do.</returns>
    public async Task<int> RunAsync(int limit, CancellationToken cancellationToken)
    {
        var followed = (await StepAsync(s => FollowAsync(s, limit, cancellationToken)))?.Rows ?? 0;
        return followed < limit && await StepAsync(s => FillAsync(s, cancellationToken)) is null ? followed : limit;

        Task<Portion?> StepAsync(Func<LedgerSession, Task<Portion?>> read) => database.RollUpAsync(read, (s, portion) => WriteAsync(s, portion, cancellationToken), cancellationToken);
    }

    private async Task<Portion?> FollowAsync(LedgerSession s, int limit, CancellationToken cancellationToken)
    {
        var rows = await s.ListAsync(
            $"select {await CountedRows.NameAsync(s, cancellationToken)}, u.booked_date, u.tenant, u.request_id from usage u where {RollUpCursors.NextRows(s.Dialect, RollUpCursors.Lists)}",
            r => new Row(r.Text(), r.Date(), r.Text(), r.Text()), cancellationToken, ("limit", (long)limit));
        if (rows.Count == 0) return null;
        var changed = new HashSet<BalanceKey>();
        foreach (var (costCenter, date) in rows.Select(r => (r.CostCenter, r.Date)).Distinct())
        {
            foreach (var node in paths.NodesOf(costCenter))
            {
                changed.Add(BalanceKey.Day(node, "", date));
                changed.Add(BalanceKey.Month(node, "", date));
            }
        }

        return new Portion(await ChangedAsync(s, changed, cancellationToken), rows.Count, rows[^1], null, null);
    }

    /// <summary>The next step of a fill; null: there is none, or a move is under way, with which old days come to other names.</summary>
    private async Task<Portion?> FillAsync(LedgerSession s, CancellationToken cancellationToken)
    {
        var fill = await s.FirstAsync("select under, after_path from spend_list_fills order by under limit 1", r => new Fill(r.Text(), r.Text()), cancellationToken);
        if (fill is null || (await CountedRows.UnderWayAsync(s, cancellationToken)).Count > 0) return null;
        var under = fill.Under.Length == 0 ? null : fill.Under;
        var filled = await s.ListAsync(
            $"select path from cost_centers where path > @after and {Subtree.Where("path", under)} order by path limit {MaxFilled}", r => r.Text(), cancellationToken,
            [.. Subtree.Parameters(under), ("after", fill.After)]);
        if (filled.Count == 0) return new Portion([], 0, null, fill, null);
        var windows = await s.ListAsync(
            $"select b.cost_center, b.period, b.window_date from balances b where {s.Dialect.In("b.cost_center", "@paths")} and b.user_name = ''",
            r => new BalanceKey(r.Text(), "", (Period)r.Long(), r.Date()), cancellationToken, ("paths", filled.ToArray()));
        var changed = windows.SelectMany(w => paths.NodesOf(w.CostCenter).Select(n => w with { CostCenter = n })).ToHashSet();
        return new Portion(await ChangedAsync(s, changed, cancellationToken), 0, null, fill, filled[^1]);
    }

    private static async Task WriteAsync(LedgerSession s, Portion portion, CancellationToken cancellationToken)
    {
        await s.InsertAsync(
            "spend_lists as l", _columns, "on conflict (depth, period, window_date, first_path) do update set entries = excluded.entries", portion.Parts,
            (part, to) =>
            {
                to.Number(part.List.Depth);
                to.Number((long)part.List.Period);
                to.Date(part.List.Window);
                to.Text(part.First);
                to.Bytes(part.Entries);
            },
            cancellationToken);
        if (portion.Last is { } last) await RollUpCursors.MoveAsync(s, RollUpCursors.Lists, last.Tenant, last.RequestId, cancellationToken);
        if (portion.Filled is not { } fill) return;
        (string, object?)[] at = [("under", fill.Under), ("after", fill.After)];
        if (portion.To is { } to) await s.ExecuteAsync("update spend_list_fills set after_path = @to where under = @under and after_path = @after", cancellationToken, [.. at, ("to", to)]);
        else await s.ExecuteAsync("delete from spend_list_fills where under = @under and after_path = @after", cancellationToken, at);
    }

    /// <summary>The parts of lists that these balances stand in, with what the balances are now.</summary>
    private static async Task<List<Part>> ChangedAsync(LedgerSession s, IReadOnlyCollection<BalanceKey> changed, CancellationToken cancellationToken)
    {
        var balances = await JsonRows.BalancesAsync(s, changed, cancellationToken);
        var stored = (await StoredAsync(s, changed, cancellationToken)).ToLookup(p => p.List);
        var parts = new List<Part>();
        foreach (var list in changed.GroupBy(ListOf))
        {
            // Each key has its part, unless there is no list: the first part begins before all.
            var olds = stored[list.Key].OrderBy(p => p.First, StringComparer.Ordinal).DefaultIfEmpty(new Part(list.Key, "", [])).ToList();
            var (keys, next) = (list.OrderBy(k => k.CostCenter, StringComparer.Ordinal).ToList(), 0);
            for (var i = 0; i < olds.Count; i++)
            {
                var from = next;
                while (next < keys.Count && (i + 1 == olds.Count || string.CompareOrdinal(keys[next].CostCenter, olds[i + 1].First) < 0)) next++;
                parts.AddRange(Merged(olds[i], keys[from..next], balances));
            }
        }

        return parts;
    }

    private static List ListOf(BalanceKey key) => new(CostCenterId.DepthOf(key.CostCenter), key.Period, key.Window);

    private static async Task<List<Part>> StoredAsync(LedgerSession s, IReadOnlyCollection<BalanceKey> keys, CancellationToken cancellationToken)
    {
        const string same = "depth = k.depth and l.period = k.period and l.window_date = k.window_date";
        return await s.ListAsync(
            $"""
            select l.depth, l.period, l.window_date, l.first_path, l.entries from (
                select distinct k.depth, k.period, k.window_date, (select max(l.first_path) from spend_lists l where l.{same} and l.first_path <= k.path) as first_path
                from {s.Dialect.Rows("@places", "k", _places)}) k
            join spend_lists l on l.{same} and l.first_path = k.first_path
            """,
            r => new Part(new List((int)r.Long(), (Period)r.Long(), r.Date()), r.Text(), r.Bytes()), cancellationToken,
            ("places", JsonRows.Of(keys, (to, key) =>
            {
                to.WriteNumber("depth", CostCenterId.DepthOf(key.CostCenter));
                to.WriteNumber("period", (long)key.Period);
                s.Dialect.WriteDate(to, "window_date", key.Window);
                to.WriteString("path", key.CostCenter);
            })));
    }

    /// <summary>A part with these balances in their places, or several if it has become too large.</summary>
    private static IEnumerable<Part> Merged(Part part, List<BalanceKey> keys, Dictionary<BalanceKey, Domain.Budgets.Balance> balances)
    {
        var entries = new SortedDictionary<string, (long Spent, long Requests)>(StringComparer.Ordinal);
        var old = new SpendPart(part.Entries);
        while (old.Next()) entries[old.CostCenter.ToString()] = (old.Spent, old.Requests);
        foreach (var key in keys)
        {
            // What was moved away has left balances of nothing.
            if (balances.TryGetValue(key, out var balance) && (balance.Spent.Nanos != 0 || balance.Requests != 0)) entries[key.CostCenter] = (balance.Spent.Nanos, balance.Requests);
            else entries.Remove(key.CostCenter);
        }

        if (entries.Count == 0) return [part with { Entries = [] }];
        var size = entries.Count > MaxEntries ? EntriesOfSplit : MaxEntries;
        return entries.Chunk(size).Select((chunk, i) =>
        {
            var bytes = new ArrayBufferWriter<byte>();
            var writer = new SpendPartWriter(bytes);
            foreach (var (path, (spent, requests)) in chunk) writer.Add(path, spent, requests);
            return new Part(part.List, i == 0 ? part.First : chunk[0].Key, bytes.WrittenSpan.ToArray());
        });
    }
}
