using System.Buffers;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Domain.Reports;
using BudgetEngine.Domain.Windows;
using BudgetEngine.Ledger.Reports;
using BudgetEngine.Ledger.Sql.Moves;
using BudgetEngine.Ledger.Sql.Storage;

namespace BudgetEngine.Ledger.Sql.Reports;

/// <summary>
/// Spend of the cost centers with so many segments, which may be 100,000. Who is in a list, and in which order, is told by <see cref="SpendLists"/>; of those that are shown the balances are read. Cost
/// centers that no list tells of yet are looked up in the balances, each of them.
/// </summary>
internal sealed class LevelSpend(ReportRange range, int depth)
{
    private delegate void Offer(ReadOnlySpan<char> path, Money spent, long requests);

    /// <summary>Whole months are read as such: a thirtieth of the balances.</summary>
    public static Period PeriodOf(ReportRange range) => range.From.Day == 1 && range.To.Day == 1 ? Period.Monthly : Period.Daily;

    /// <summary>Dearest first; those that spent nothing in the range are not in it. Without their usage.</summary>
    public async Task<List<CostCenterUsage>> RankedAsync(LedgerSession s, SpendPosition? after, int limit, CancellationToken cancellationToken)
    {
        var ranked = new Highest<SpendPosition>(limit, Dearest);
        var untold = await SpendLists.UntoldAsync(s, cancellationToken);
        await AddUpAsync(s, untold, Take, cancellationToken);
        foreach (var center in await SpentAsync(s, await PathsOfAsync(s, untold, cancellationToken), cancellationToken)) Take(center.CostCenter, center.Spent, center.Requests);
        return [.. (await SpentAsync(s, [.. ranked.ToList().Select(r => r.CostCenter)], cancellationToken)).OrderBy(c => new SpendPosition(c.Spent, c.CostCenter), Dearest)];

        void Take(ReadOnlySpan<char> path, Money spent, long requests)
        {
            if ((spent.Nanos == 0 && requests == 0) || (ranked.IsFull && spent < ranked.Last.Spent) || spent > after?.Spent) return;
            var place = new SpendPosition(spent, path.ToString());
            if (after is not { } last || Dearest.Compare(place, last) > 0) ranked.Add(place);
        }
    }

    /// <summary>Adds the lists of the range's windows up, one after the other; each sum but the last is a list itself.</summary>
    private async Task AddUpAsync(LedgerSession s, List<string> untold, Offer offer, CancellationToken cancellationToken)
    {
        using PooledBytes list = new(), sum = new(), next = new();
        var windows = RangeWindows.Of(range.From, range.To);
        var (sums, nexts) = (sum, next);
        for (var i = 0; i < windows.Count; i++)
        {
            await ReadListAsync(s, windows[i], untold, list, cancellationToken);
            var (sign, isLast, writer) = (windows[i].Sign, i == windows.Count - 1, new SpendPartWriter(nexts));
            SpendMerge.Walk(sums.Written, list.Written, (path, before, own) =>
            {
                var (spent, requests) = (Saturating.Add(before.Spent, sign * own.Spent), Saturating.Add(before.Requests, sign * own.Requests));
                if (!isLast) writer.Add(path, spent, requests);
                else if (IsOf(path, untold)) offer(path, new Money(spent), requests);
            });
            (sums, nexts) = (nexts, sums);
            nexts.Clear();
        }
    }

    /// <summary>Newest and largest first.</summary>
    public async Task<List<SpendSpike>> SpikesAsync(LedgerSession s, int thousandths, int limit, CancellationToken cancellationToken)
    {
        var spikes = new Highest<SpendSpike>(limit, NewestLargest);
        var untold = await SpendLists.UntoldAsync(s, cancellationToken);
        using PooledBytes one = new(), other = new();
        var (before, day) = (one, other);
        // The newest first: once there are as many as are asked for, none of an earlier day is among them.
        for (var date = range.To.AddDays(-1); date >= range.From.AddDays(-1) && !spikes.IsFull; date = date.AddDays(-1))
        {
            (before, day) = (day, before);
            await ReadListAsync(s, new SignedWindow(Period.Daily, date, 1), untold, before, cancellationToken);
            SpendMerge.Walk(before.Written, day.Written, (path, then, now) =>
            {
                if (IsSpike(then.Spent, now.Spent, thousandths) && IsOf(path, untold)) spikes.Add(new SpendSpike(path.ToString(), date.AddDays(1), new Money(now.Spent), new Money(then.Spent)));
            });
        }

        var paths = await PathsOfAsync(s, untold, cancellationToken);
        var balances = await CountedSums.ReadAsync(s, SumTable.Balances, paths, cancellationToken);
        var looked = await s.ListAsync(
            $"select b.cost_center, b.window_date, {s.Dialect.Sum("b.spent")} from {balances.From} b where {Of(s, Period.Daily)} group by b.cost_center, b.window_date",
            r => (Path: r.Text(), Date: r.Date(), Spent: r.Long()), cancellationToken, [("paths", paths), ("from", range.From.AddDays(-1)), ("to", range.To), .. balances.Parameters]);
        var spent = looked.ToDictionary(l => (l.Path, l.Date), l => l.Spent);
        foreach (var (path, date, now) in looked)
        {
            if (date >= range.From && spent.TryGetValue((path, date.AddDays(-1)), out var then) && IsSpike(then, now, thousandths)) spikes.Add(new SpendSpike(path, date, new Money(now), new Money(then)));
        }

        return spikes.ToList();
    }

    private static bool IsSpike(long before, long spent, int thousandths) => before > 0 && ((Int128)spent - before) * 1000 > (Int128)before * thousandths;

    private static readonly Comparer<SpendPosition> Dearest = Comparer<SpendPosition>.Create((a, b) =>
        b.Spent.Nanos.CompareTo(a.Spent.Nanos) is var order && order != 0 ? order : string.CompareOrdinal(a.CostCenter, b.CostCenter));

    private static readonly Comparer<SpendSpike> NewestLargest = Comparer<SpendSpike>.Create((a, b) =>
    {
        var order = b.Date.CompareTo(a.Date);
        if (order == 0) order = ((Int128)b.Spent.Nanos - b.DayBefore.Nanos).CompareTo((Int128)a.Spent.Nanos - a.DayBefore.Nanos);
        return order != 0 ? order : string.CompareOrdinal(a.CostCenter, b.CostCenter);
    });

    /// <summary>Reads the list of a window; nothing while all lists are being filled in.</summary>
    private async Task ReadListAsync(LedgerSession s, SignedWindow window, List<string> untold, PooledBytes into, CancellationToken cancellationToken)
    {
        into.Clear();
        if (untold.Contains("")) return;
        const string list = "l.depth = @depth and l.period = @period and l.window_date = @window";
        var which = range.CostCenter is null ? list
            : $"{list} and l.first_path >= (select max(l.first_path) from spend_lists l where {list} and l.first_path <= @under) and l.first_path < @beside";
        await s.QueryAsync(
            $"select l.entries from spend_lists l where {which} order by l.first_path",
            async rows =>
            {
                while (await rows.NextAsync(cancellationToken)) into.Write(rows.Bytes());
                return true;
            },
            cancellationToken,
            [
                ("depth", (long)depth), ("period", (long)window.Period), ("window", window.Date),
                .. range.CostCenter is null ? [] : new (string, object?)[] { ("under", range.CostCenter), ("beside", range.CostCenter + "0") },
            ]);
    }

    /// <summary>The cost centers that no list tells of yet.</summary>
    private async Task<string[]> PathsOfAsync(LedgerSession s, List<string> untold, CancellationToken cancellationToken)
    {
        if (untold.Count == 0) return [];
        var conditions = untold.Select(u => u.Length == 0 ? "true" : $"c.path = '{u}' or (c.path > '{u}/' and c.path < '{u}0') or c.path in ({string.Join(", ", CostCenterId.SelfAndAncestors(u).Select(p => $"'{p}'"))})");
        return [.. await s.ListAsync(
            $"select c.path from cost_centers c where {DepthOf("c.path")} = @depth and {Subtree.Where("c.path", range.CostCenter)} and ({string.Join(" or ", conditions)})", r => r.Text(), cancellationToken,
            [("depth", (long)depth), .. Subtree.Parameters(range.CostCenter)])];
    }

    /// <summary>Whether the report is of a cost center that is in a list, and the list tells of it.</summary>
    private bool IsOf(ReadOnlySpan<char> path, List<string> untold) => (range.CostCenter is null || CostCenterId.IsWithin(path, range.CostCenter)) && (untold.Count == 0 || !IsUntold(path, untold));

    private static bool IsUntold(ReadOnlySpan<char> path, List<string> untold)
    {
        foreach (var under in untold)
        {
            if (CostCenterId.IsWithin(path, under) || CostCenterId.IsWithin(under, path)) return true;
        }

        return false;
    }

    /// <summary>What the balances of these cost centers come to in the range, of those that have any.</summary>
    private async Task<List<CostCenterUsage>> SpentAsync(LedgerSession s, string[] paths, CancellationToken cancellationToken)
    {
        if (paths.Length == 0) return [];
        var balances = await CountedSums.ReadAsync(s, SumTable.Balances, paths, cancellationToken);
        var spent = await s.ListAsync(
            $"select b.cost_center, {s.Dialect.Sum("b.spent")}, {s.Dialect.Sum("b.requests")} from {balances.From} b where {Of(s, PeriodOf(range))} group by b.cost_center",
            r => new CostCenterUsage(r.Text(), r.Money(), r.Long(), UsageSum.Zero), cancellationToken, [("paths", paths), ("from", range.From), ("to", range.To), .. balances.Parameters]);
        spent.RemoveAll(c => c.Spent.Nanos == 0 && c.Requests == 0);
        return spent;
    }

    private static string Of(LedgerSession s, Period period) =>
        $"{s.Dialect.In("b.cost_center", "@paths")} and b.user_name = '' and b.period = {(int)period} and b.window_date >= @from and b.window_date < @to";

    private static string DepthOf(string path) => $"(length({path}) - length(replace({path}, '/', '')) + 1)";
}
