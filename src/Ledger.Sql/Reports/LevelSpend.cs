using System.Runtime.InteropServices;
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
    private record struct Sum(Int128 Spent, Int128 Requests)
    {
        public readonly Money Money => new((long)Int128.Clamp(Spent, long.MinValue, long.MaxValue));
    }

    /// <summary>The last day that a cost center is in a list of, and the one before if that is the day before.</summary>
    private record struct Days(DateOnly Date, long Spent);

    private delegate void Take(SignedWindow window, in SpendPart entry);

    /// <summary>Whole months are read as such: a thirtieth of the balances.</summary>
    public static Period PeriodOf(ReportRange range) => range.From.Day == 1 && range.To.Day == 1 ? Period.Monthly : Period.Daily;

    /// <summary>Dearest first; those that spent nothing in the range are not in it. Without their usage.</summary>
    public async Task<List<CostCenterUsage>> RankedAsync(LedgerSession s, SpendPosition? after, int limit, CancellationToken cancellationToken)
    {
        var sums = new Dictionary<string, Sum>(StringComparer.Ordinal);
        var byPath = sums.GetAlternateLookup<ReadOnlySpan<char>>();
        var untold = await ReadListsAsync(
            s, RangeWindows.Of(range.From, range.To),
            (window, in entry) =>
            {
                ref var sum = ref CollectionsMarshal.GetValueRefOrAddDefault(byPath, entry.CostCenter, out _);
                sum = new Sum(sum.Spent + window.Sign * entry.Spent, sum.Requests + window.Sign * entry.Requests);
            },
            cancellationToken);
        foreach (var center in await SpentAsync(s, untold, cancellationToken)) sums[center.CostCenter] = new Sum(center.Spent.Nanos, center.Requests);
        var ranked = new Highest<SpendPosition>(limit, Dearest);
        foreach (var (path, sum) in sums)
        {
            if (sum == default) continue;
            var place = new SpendPosition(sum.Money, path);
            if (after is not { } last || Dearest.Compare(place, last) > 0) ranked.Add(place);
        }

        return [.. (await SpentAsync(s, ranked.ToArray().Select(r => r.CostCenter).ToArray(), cancellationToken)).OrderBy(c => new SpendPosition(c.Spent, c.CostCenter), Dearest)];
    }

    /// <summary>Newest and largest first.</summary>
    public async Task<List<SpendSpike>> SpikesAsync(LedgerSession s, int thousandths, int limit, CancellationToken cancellationToken)
    {
        var spikes = new Highest<SpendSpike>(limit, NewestLargest);
        var days = new Dictionary<string, Days>(StringComparer.Ordinal);
        var byPath = days.GetAlternateLookup<ReadOnlySpan<char>>();
        var windows = Enumerable.Range(range.From.DayNumber - 1, range.To.DayNumber - range.From.DayNumber + 1).Select(d => new SignedWindow(Period.Daily, DateOnly.FromDayNumber(d), 1));
        var untold = await ReadListsAsync(s, [.. windows], (window, in entry) => Look(window.Date, entry.CostCenter, entry.Spent), cancellationToken);
        var balances = await CountedSums.ReadAsync(s, SumTable.Balances, untold, cancellationToken);
        var looked = await s.ListAsync(
            $"select b.cost_center, b.window_date, {s.Dialect.Sum("b.spent")} from {balances.From} b where {Of(s, Period.Daily)} group by b.cost_center, b.window_date order by b.window_date",
            r => (Path: r.Text(), Date: r.Date(), Spent: r.Long()), cancellationToken, [("paths", untold), ("from", range.From.AddDays(-1)), ("to", range.To), .. balances.Parameters]);
        foreach (var (path, date, spent) in looked) Look(date, path, spent);
        return [.. spikes.ToArray()];

        // The days of each cost center come in their order.
        void Look(DateOnly date, ReadOnlySpan<char> path, long spent)
        {
            ref var last = ref CollectionsMarshal.GetValueRefOrAddDefault(byPath, path, out _);
            var before = last.Date.DayNumber == date.DayNumber - 1 ? last.Spent : 0;
            last = new Days(date, spent);
            if (before > 0 && ((Int128)spent - before) * 1000 > (Int128)before * thousandths) spikes.Add(new SpendSpike(path.ToString(), date, new Money(spent), new Money(before)));
        }
    }

    private static readonly Comparer<SpendPosition> Dearest = Comparer<SpendPosition>.Create((a, b) =>
        b.Spent.Nanos.CompareTo(a.Spent.Nanos) is var order && order != 0 ? order : string.CompareOrdinal(a.CostCenter, b.CostCenter));

    private static readonly Comparer<SpendSpike> NewestLargest = Comparer<SpendSpike>.Create((a, b) =>
    {
        var order = b.Date.CompareTo(a.Date);
        if (order == 0) order = ((Int128)b.Spent.Nanos - b.DayBefore.Nanos).CompareTo((Int128)a.Spent.Nanos - a.DayBefore.Nanos);
        return order != 0 ? order : string.CompareOrdinal(a.CostCenter, b.CostCenter);
    });

    /// <summary>Hands out what is in the lists of these windows, in the order of their dates.</summary>
    /// <returns>The cost centers that the lists do not tell of.</returns>
    private async Task<string[]> ReadListsAsync(LedgerSession s, List<SignedWindow> windows, Take take, CancellationToken cancellationToken)
    {
        var untold = await SpendLists.UntoldAsync(s, cancellationToken);
        // None at all, while all are being filled in.
        if (!untold.Contains("")) await ReadPartsAsync(s, windows, untold, take, cancellationToken);
        if (untold.Count == 0) return [];
        var conditions = untold.Select(u => u.Length == 0 ? "true" : $"c.path = '{u}' or (c.path > '{u}/' and c.path < '{u}0') or c.path in ({string.Join(", ", CostCenterId.SelfAndAncestors(u).Select(p => $"'{p}'"))})");
        return [.. await s.ListAsync(
            $"select c.path from cost_centers c where {DepthOf("c.path")} = @depth and {Subtree.Where("c.path", range.CostCenter)} and ({string.Join(" or ", conditions)})", r => r.Text(), cancellationToken,
            [("depth", (long)depth), .. Subtree.Parameters(range.CostCenter)])];
    }

    private async Task ReadPartsAsync(LedgerSession s, List<SignedWindow> windows, List<string> untold, Take take, CancellationToken cancellationToken)
    {
        const string list = "l.depth = @depth and l.period = w.period and l.window_date = w.window_date";
        var isUnder = range.CostCenter is not null;
        await s.QueryAsync(
            $"""
            select w.period, w.window_date, w.sign, l.entries from (
                select w.*, {(isUnder ? $"(select max(l.first_path) from spend_lists l where {list} and l.first_path <= @under)" : "''")} as first_path
                from {s.Dialect.Rows("@windows", "w", ("period", "bigint"), ("window_date", "date"), ("sign", "bigint"))}) w
            join spend_lists l on {list}{(isUnder ? " and l.first_path >= w.first_path and l.first_path < @beside" : "")}
            order by l.window_date
            """,
            async rows =>
            {
                while (await rows.NextAsync(cancellationToken)) Read(new SignedWindow((Period)rows.Long(), rows.Date(), rows.Int()), rows.Bytes());
                return true;
            },
            cancellationToken,
            [
                ("depth", (long)depth), .. isUnder ? new (string, object?)[] { ("under", range.CostCenter), ("beside", range.CostCenter + "0") } : [],
                ("windows", JsonRows.Of(windows, (to, window) =>
                {
                    to.WriteNumber("period", (long)window.Period);
                    s.Dialect.WriteDate(to, "window_date", window.Date);
                    to.WriteNumber("sign", window.Sign);
                })),
            ]);

        void Read(SignedWindow window, byte[] part)
        {
            var entry = new SpendPart(part, stackalloc char[CostCenterId.MaxLength]);
            while (entry.Next())
            {
                if (isUnder && !IsWithin(entry.CostCenter, range.CostCenter)) continue;
                if (untold.Count == 0 || !IsUntold(entry.CostCenter, untold)) take(window, entry);
            }
        }
    }

    private static bool IsUntold(ReadOnlySpan<char> path, List<string> untold)
    {
        foreach (var under in untold)
        {
            if (IsWithin(path, under) || IsWithin(under, path)) return true;
        }

        return false;
    }

    private static bool IsWithin(ReadOnlySpan<char> path, ReadOnlySpan<char> root) => path.StartsWith(root) && (path.Length == root.Length || path[root.Length] == '/');

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
