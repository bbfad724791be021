using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Reports;
using BudgetEngine.Domain.Windows;
using BudgetEngine.Ledger.Reports;
using BudgetEngine.Ledger.Sql.Moves;
using BudgetEngine.Ledger.Sql.Storage;

namespace BudgetEngine.Ledger.Sql.Reports;

/// <summary>Reports from balances and <c>usage_days</c>.</summary>
internal sealed class UsageDayReports(LedgerDatabase database) : ILedgerReports
{
    private const string InRange = "booked_date >= @from and d.booked_date < @to";

    public Task<IReadOnlyList<DayUsage>> ReadDaysAsync(ReportRange range, CancellationToken cancellationToken) =>
        database.ReportAsync<IReadOnlyList<DayUsage>>(
            async s =>
            {
                var (sums, days) = await SourcesAsync(s, range, cancellationToken);
                var balances = await s.ListAsync(
                    $"""
                    select b.window_date, {s.Dialect.Sum("b.spent")}, {s.Dialect.Sum("b.requests")} from {sums.From} b
                    where {Roots("b.cost_center", range)} and b.user_name = '' and b.period = {(int)Period.Daily} and b.window_date >= @from and b.window_date < @to
                    group by b.window_date order by b.window_date
                    """,
                    r => (Date: r.Date(), Spent: r.Money(), Requests: r.Long()), cancellationToken, [.. Of(range), .. sums.Parameters]);
                var usage = await s.ListAsync(
                    $"select d.booked_date, {UsageDays.SelectSums(s.Dialect)} from {days.From} d where {Whole(range)} group by d.booked_date",
                    r => (Date: r.Date(), Sum: UsageDays.ReadSum(r)), cancellationToken, [.. Of(range), .. days.Parameters]);
                var byDate = usage.ToDictionary(u => u.Date, u => u.Sum);
                return balances.ConvertAll(b => new DayUsage(b.Date, b.Spent, b.Requests, byDate.GetValueOrDefault(b.Date, UsageSum.Zero)));
            },
            cancellationToken);

    public Task<UsageBreakdown> ReadNamesAsync(
        ReportRange range, UsageDimension dimension, string? key, string? name, int limit, CancellationToken cancellationToken) =>
        database.ReportAsync(
            async s =>
            {
                var (sums, days) = await SourcesAsync(s, range, cancellationToken);
                var total = await TotalAsync(s, range, sums, days, cancellationToken);
                var prefix = key is null ? "" : key + "=";
                var (only, named) = NamesOf(range, prefix, name);
                (string, object?)[] parameters = [.. named, .. days.Parameters];
                var where = $"d.dimension = {(int)dimension} and {Roots("d.cost_center", range)} and d.{InRange} and {only}";
                var isEveryUser = dimension == UsageDimension.User && range.CostCenter is null;
                var (items, more) = isEveryUser ? await new EveryUser(only, named).RankedAsync(s, limit, cancellationToken) : await RankedAsync(s, days, where, parameters, limit, cancellationToken);
                var shown = items.Aggregate(UsageSum.Zero, (sum, i) => sum + i.Usage);
                // Each record has one model, provider and user, so the others have what is left; with them is what found no room, which is some name's, but nobody knows which.
                var isWhole = name is null && dimension is UsageDimension.Model or UsageDimension.Provider or UsageDimension.User;
                var whole = isWhole ? total.Usage : more ? (await s.ListAsync($"select {UsageDays.SelectSums(s.Dialect)} from {days.From} d where {where}", UsageDays.ReadSum, cancellationToken, parameters))[0] : shown;
                // Of models and providers only are latencies kept.
                var histograms = dimension is UsageDimension.User or UsageDimension.Tag ? [] : await HistogramsAsync(s, range, days, dimension, items.ConvertAll(i => i.Name), cancellationToken);
                return new UsageBreakdown(
                    total, items.ConvertAll(i => new NamedUsage(i.Name[prefix.Length..], i.Usage with { Histogram = histograms.GetValueOrDefault(i.Name) })), whole - shown,
                    total.Spent - whole.Spent);
            },
            cancellationToken);

    public Task<bool> HasSeenAsync(string costCenter, UsageDimension dimension, string name, CancellationToken cancellationToken) =>
        database.ReportAsync(
            async s =>
            {
                var days = await CountedSums.ReadAsync(s, SumTable.Days, [costCenter], cancellationToken);
                return await s.AnyAsync(
                    $"select 1 from {days.From} d where cost_center = @cost_center and ((dimension = {(int)dimension} and name = @name) or dimension = {-(int)dimension}) limit 1", cancellationToken,
                    [("cost_center", costCenter), ("name", name), .. days.Parameters]);
            },
            cancellationToken);

    public Task<CostCenterUsages> ReadCostCentersAsync(ReportRange range, int depth, SpendPosition? after, int limit, CancellationToken cancellationToken) =>
        database.ReportAsync(
            async s =>
            {
                var (sums, own) = await SourcesAsync(s, range, cancellationToken);
                var total = await TotalAsync(s, range, sums, own, cancellationToken);
                var centers = await new LevelSpend(range, depth).RankedAsync(s, after, limit, cancellationToken);
                var paths = centers.Select(c => c.CostCenter).ToArray();
                var days = await CountedSums.ReadAsync(s, SumTable.Days, paths, cancellationToken);
                var usages = await s.ListAsync(
                    $"select d.cost_center, {UsageDays.SelectSums(s.Dialect)} from {days.From} d where d.dimension = 0 and {s.Dialect.In("d.cost_center", "@paths")} and d.{InRange} group by d.cost_center",
                    r => (Path: r.Text(), Sum: UsageDays.ReadSum(r)), cancellationToken, [("paths", paths), ("from", range.From), ("to", range.To), .. days.Parameters]);
                var byPath = usages.ToDictionary(u => u.Path, u => u.Sum, StringComparer.Ordinal);
                var histograms = await CenterHistogramsAsync(s, range, days, paths, cancellationToken);
                return new CostCenterUsages(
                    total, centers.ConvertAll(c => c with { Usage = byPath.GetValueOrDefault(c.CostCenter, UsageSum.Zero) with { Histogram = histograms.GetValueOrDefault(c.CostCenter) } }));
            },
            cancellationToken);

    public Task<IReadOnlyList<SpendSpike>> ReadSpikesAsync(ReportRange range, int depth, int thousandths, int limit, CancellationToken cancellationToken) =>
        database.ReportAsync<IReadOnlyList<SpendSpike>>(async s => await new LevelSpend(range, depth).SpikesAsync(s, thousandths, limit, cancellationToken), cancellationToken);

    /// <summary>The dearest names, and whether there are more. Only spend is added up for all of them: there may be many.</summary>
    private static async Task<(List<NamedUsage> Items, bool More)> RankedAsync(
        LedgerSession s, CountedSums days, string where, (string, object?)[] parameters, int limit, CancellationToken cancellationToken)
    {
        var ranked = await s.ListAsync(
            $"select d.name, {s.Dialect.Sum("d.spent")} from {days.From} d where {where} group by d.name{days.Having(s, "d", UsageDays.Numbers)} order by 2 desc, 1 limit @limit", r => r.Text(),
            cancellationToken, [.. parameters, ("limit", (long)limit + 1)]);
        string[] names = [.. ranked.Take(limit)];
        var read = await s.ListAsync(
            $"select d.name, {UsageDays.SelectSums(s.Dialect)} from {days.From} d where {where} and {s.Dialect.In(s.Dialect.Read("d.name"), "@names")} group by d.name",
            r => new NamedUsage(r.Text(), UsageDays.ReadSum(r)), cancellationToken, [.. parameters, ("names", names)]);
        var byName = read.ToDictionary(n => n.Name, StringComparer.Ordinal);
        return ([.. names.Select(n => byName[n])], ranked.Count > limit);
    }

    /// <summary>One name, all that begin with a prefix, or all.</summary>
    private static (string Condition, (string, object?)[] Parameters) NamesOf(ReportRange range, string prefix, string? name)
    {
        if (name is not null) return ("d.name = @name", [.. Of(range), ("name", prefix + name)]);
        // The equals sign is directly followed by the greater sign.
        return prefix.Length == 0 ? ("true", Of(range)) : ("d.name >= @name and d.name < @beside_name", [.. Of(range), ("name", prefix), ("beside_name", prefix[..^1] + ">")]);
    }

    private static async Task<ReportTotal> TotalAsync(LedgerSession s, ReportRange range, CountedSums sums, CountedSums days, CancellationToken cancellationToken)
    {
        var spent = (await s.ListAsync(
            $"""
            select coalesce({s.Dialect.Sum("b.spent")}, 0), coalesce({s.Dialect.Sum("b.requests")}, 0) from {sums.From} b
            where {Roots("b.cost_center", range)} and b.user_name = '' and b.period = {(int)LevelSpend.PeriodOf(range)} and b.window_date >= @from and b.window_date < @to
            """,
            r => (Spent: r.Money(), Requests: r.Long()), cancellationToken, [.. Of(range), .. sums.Parameters]))[0];
        var usage = (await s.ListAsync($"select {UsageDays.SelectSums(s.Dialect)} from {days.From} d where {Whole(range)}", UsageDays.ReadSum, cancellationToken, [.. Of(range), .. days.Parameters]))[0];
        var histograms = await HistogramsAsync(s, range, days, UsageDimension.All, [""], cancellationToken);
        return new ReportTotal(spent.Spent, spent.Requests, usage with { Histogram = histograms.GetValueOrDefault("") });
    }

    private static async Task<Dictionary<string, LatencyHistogram>> HistogramsAsync(
        LedgerSession s, ReportRange range, CountedSums days, UsageDimension dimension, List<string> names, CancellationToken cancellationToken) =>
        Merged(await s.ListAsync(
            $"""
            select d.name, d.histogram from {days.From} d
            where d.dimension = {(int)dimension} and {Roots("d.cost_center", range)} and d.{InRange} and d.histogram <> '' and {s.Dialect.In(s.Dialect.Read("d.name"), "@names")}
            """,
            r => (r.Text(), r.Text()), cancellationToken, [.. Of(range), .. days.Parameters, ("names", names.ToArray())]));

    private static async Task<Dictionary<string, LatencyHistogram>> CenterHistogramsAsync(LedgerSession s, ReportRange range, CountedSums days, string[] paths, CancellationToken cancellationToken) =>
        Merged(await s.ListAsync(
            $"select d.cost_center, d.histogram from {days.From} d where d.dimension = 0 and {s.Dialect.In("d.cost_center", "@paths")} and d.{InRange} and d.histogram <> ''",
            r => (r.Text(), r.Text()), cancellationToken, [("paths", paths), ("from", range.From), ("to", range.To), .. days.Parameters]));

    private static Dictionary<string, LatencyHistogram> Merged(List<(string Name, string Histogram)> rows)
    {
        var merged = new Dictionary<string, LatencyHistogram>(StringComparer.Ordinal);
        foreach (var (name, histogram) in rows.OrderBy(r => r.Histogram[0] == CountedSums.Taken))
        {
            if (!merged.TryGetValue(name, out var sum)) merged.Add(name, sum = new LatencyHistogram());
            if (histogram[0] == CountedSums.Taken) sum.Take(LatencyHistogram.Parse(histogram[1..]));
            else sum.AddText(histogram);
        }

        return merged;
    }

    /// <summary>Balances and roll-up of a range. What is above all cost centers that move is the same before and after.</summary>
    private static async Task<(CountedSums Sums, CountedSums Days)> SourcesAsync(LedgerSession s, ReportRange range, CancellationToken cancellationToken)
    {
        string[] paths = range.CostCenter is null ? [] : [range.CostCenter];
        var moves = await CountedRows.UnderWayAsync(s, cancellationToken);
        return (CountedSums.Of(s, moves, SumTable.Balances, paths), CountedSums.Of(s, moves, SumTable.Days, paths));
    }

    private static string Whole(ReportRange range) => $"d.dimension = 0 and {Roots("d.cost_center", range)} and d.{InRange}";

    /// <summary>The cost center itself, or every tenant: what is below them is in their figures.</summary>
    private static string Roots(string column, ReportRange range) =>
        range.CostCenter is null ? $"{column} in (select path from cost_centers where parent = '')" : $"{column} = @cost_center";

    private static (string Name, object? Value)[] Of(ReportRange range) =>
        [("from", range.From), ("to", range.To), .. range.CostCenter is null ? [] : new (string, object?)[] { ("cost_center", range.CostCenter) }];
}
