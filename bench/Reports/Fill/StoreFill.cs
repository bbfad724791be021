using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using BudgetEngine.Domain.Windows;

namespace BudgetEngine.Reports.Fill;

/// <summary>
/// Fills an empty ledger as the engine would have after so many posts: rows, balances, roll-ups, budgets of every department and of one team in ten. Only the shares of users and features, which alerts
/// use and no report reads, are left out.
/// </summary>
internal sealed class StoreFill(IBulkStore store, FillPlan plan)
{
    private readonly Dictionary<(string CostCenter, DateOnly Month), (long Spent, long Requests)> _months = [];
    private long _rows;

    /// <returns>Records.</returns>
    public long Run()
    {
        var started = Stopwatch.GetTimestamp();
        AddMonths();
        store.Begin();
        AddCostCenters();
        using (var usage = store.Into("usage", "tenant", "request_id", "cost_center", "kind", "user_name", "provider", "model", "input_tokens", "output_tokens", "cost", "requests", "status", "final", "timestamp", "recorded_at", "booked_date", "latency_micros", "tags", "flags", "content_hash", "batch_id"))
        using (var balances = Balances())
        using (var days = store.Into("usage_days", "dimension", "cost_center", "booked_date", "name", "spent", "spent_on_failures", "requests", "failed_requests", "input_tokens", "cached_input_tokens", "cache_write_tokens", "output_tokens", "reasoning_tokens", "latencies", "latency_micros", "histogram"))
        using (var models = store.Into("model_spend", "cost_center", "booked_date", "model", "spent", "requests", "input_tokens", "output_tokens"))
        {
            foreach (var day in plan.AllDays)
            {
                AddDay(day, usage, balances, days, models);
                Console.Error.WriteLine($"fill: {day:yyyy-MM-dd}, {_rows} records, {Stopwatch.GetElapsedTime(started).TotalSeconds:0} s");
            }
        }

        store.End();
        Console.Error.WriteLine($"fill: ready after {Stopwatch.GetElapsedTime(started).TotalSeconds:0} s");
        return _rows;
    }

    private IBulkTable Balances() => store.Into("balances", "cost_center", "user_name", "period", "window_date", "spent", "requests", "version");

    /// <summary>Ahead, so that the balance of a month lies where the engine would have put it: beside those of the day on which it began.</summary>
    private void AddMonths()
    {
        foreach (var day in plan.AllDays)
        {
            var month = Window.Containing(Period.Monthly, day);
            foreach (var record in plan.RecordsOf(day))
            {
                foreach (var path in plan.PathsOf(record.Team))
                {
                    ref var sum = ref CollectionsMarshal.GetValueRefOrAddDefault(_months, (path, month), out _);
                    sum = (sum.Spent + record.Cost, sum.Requests + 1);
                }
            }
        }
    }

    private void AddCostCenters()
    {
        var paths = Enumerable.Range(0, plan.Teams).SelectMany(plan.PathsOf).Distinct().Order(StringComparer.Ordinal).ToList();
        using (var centers = store.Into("cost_centers", "path", "parent"))
        {
            foreach (var path in paths) centers.Add(path, path.LastIndexOf('/') is > 0 and var slash ? path[..slash] : "");
        }

        using var budgets = store.Into("budgets", "cost_center", "user_name", "budget", "sets_inherited", "version", "updated_at", "updated_by");
        foreach (var (path, i) in paths.Select((p, i) => (p, i)))
        {
            var isTeam = path.Count(c => c == '/') == 2;
            if (isTeam && i % 10 != 0) continue;
            var monthly = isTeam ? 1 + i % 50 : 10_000 + i % 50;
            budgets.Add(path, "", $$"""{"monthly":{{monthly.ToString(CultureInfo.InvariantCulture)}},"enforcement":"soft"}""", false, 0L, new DateTimeOffset(plan.FirstDay.ToDateTime(default), TimeSpan.Zero), "fill");
        }
    }

    private void AddDay(DateOnly day, IBulkTable usage, IBulkTable balances, IBulkTable days, IBulkTable models)
    {
        var records = plan.RecordsOf(day);
        var tally = new DayTally();
        var midnight = new DateTimeOffset(day.ToDateTime(default), TimeSpan.Zero);
        for (var i = 0; i < records.Length; i++)
        {
            ref readonly var record = ref records[i];
            var paths = plan.PathsOf(record.Team);
            var (user, tag) = ($"user-{record.User}", $"feature-{record.Feature}");
            tally.Add(record, paths, user, "feature=" + tag);
            var at = midnight.AddTicks(TimeSpan.TicksPerDay / records.Length * i / 10 * 10);
            var (model, provider) = FillPlan.Models[record.Model];
            usage.Add(paths[2], RequestId(_rows++), paths[0], 0L, user, provider, model, record.InputTokens, record.OutputTokens, record.Cost, 1L, record.Failed ? 1L : 0L, true, at, at, day, record.LatencyMicros, $$"""{"feature":"{{tag}}"}""", 0L, Guid.Empty, Guid.Empty);
        }

        foreach (var ((path, dimension, name), sum) in tally.Sums)
        {
            days.Add((long)dimension, path, day, name, sum.Spent, sum.SpentOnFailures, sum.Requests, sum.Failed, sum.Input, 0L, 0L, sum.Output, 0L, sum.Requests, sum.LatencyMicros, sum.Histogram);
            if (dimension == 1) models.Add(path, day, name, sum.Spent, sum.Requests, sum.Input, sum.Output);
            if (dimension != 0) continue;
            balances.Add(path, "", (int)Period.Daily, day, sum.Spent, sum.Requests, 1L);
            var month = Window.Containing(Period.Monthly, day);
            if (_months.Remove((path, month), out var whole)) balances.Add(path, "", (int)Period.Monthly, month, whole.Spent, whole.Requests, 1L);
        }
    }

    /// <summary>Callers' ids are in no order.</summary>
    private static string RequestId(long row) => ((ulong)row * 0x9E37_79B9_7F4A_7C15).ToString("x16", CultureInfo.InvariantCulture);
}
