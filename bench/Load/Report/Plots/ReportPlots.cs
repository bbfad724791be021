using BudgetEngine.Load.Loads;
using BudgetEngine.Load.Matches;
using BudgetEngine.Load.Measure;

namespace BudgetEngine.Load.Report.Plots;

/// <summary>The plots of a report, as far as there are figures for them.</summary>
internal sealed class ReportPlots(Results results, LoadOptions options)
{
    /// <summary>From top to bottom, each with its colour.</summary>
    private static readonly string[] Order =
    [
        Contestants.Sqlite, Contestants.Postgres, Contestants.RedisAlways, Contestants.RedisNone, Contestants.Update,
        Contestants.LazyUpdate, Contestants.Echo, Contestants.SqliteLimit, Contestants.PostgresLimit,
    ];

    /// <returns>Title, name of the file, its text.</returns>
    public IEnumerable<(string Title, string File, string Svg)> All()
    {
        const string settled = "Check + settle (durable): pairs a second";
        if (Bars(results.Match(MatchCatalog.Settle, options.Connections), settled, "pairs/s, median of the rounds; the line is their spread") is { } settle)
        {
            yield return (settled, "settle.svg", settle);
        }

        const string checkedAs = "Check + hold + release: requests a second";
        if (Bars(results.Match(MatchCatalog.Check, options.Connections), checkedAs, "requests/s, median of the rounds; the line is their spread") is { } check)
        {
            yield return (checkedAs, "check.svg", check);
        }

        if (Lines(MatchCatalog.Settle, "Check + settle over connections, uniform leaves", "pairs/s") is { } settleLines)
        {
            yield return ("Check + settle over connections", "settle-connections.svg", settleLines);
        }

        if (Lines(MatchCatalog.Check, "Check + hold + release over connections, uniform leaves", "requests/s") is { } checkLines)
        {
            yield return ("Check + hold + release over connections", "check-connections.svg", checkLines);
        }

        if (results.Open.Count > 0) yield return ("Latency in open loop", "open-loop.svg", Open());
    }

    private static int ColourOf(string contestant) => Math.Max(0, Array.IndexOf(Order, contestant));

    private static string? Bars(MatchFigures? match, string title, string unit)
    {
        if (match is null) return null;
        var groups = from load in match.Loads
                     where load.Contestant != Contestants.Echo || match.Loads.Count > 1
                     group load by load.Load.Leaves into leaves
                     select (Words.Of(leaves.Key), (IReadOnlyList<(string, Spread, int)>)[.. leaves.OrderBy(l => ColourOf(l.Contestant)).Select(l => (l.Contestant, RateOf(l), ColourOf(l.Contestant)))]);
        return BarPlot.Draw(title, unit, [.. groups]);
    }

    /// <summary>A pair with a durable record counts once, everything else by requests.</summary>
    private static Spread RateOf(LoadFigures load)
    {
        var factor = load.Load.Records > 0 ? 1 : load.Load.Steps.Length;
        return new Spread(load.Rate.Median * factor, load.Rate.Min * factor, load.Rate.Max * factor, load.Rate.Count);
    }

    private string? Lines(string part, string title, string vertical)
    {
        var loads = from connections in Sizes.OtherConnections.Append(options.Connections)
                    from load in results.Match(part, connections)?.Loads ?? []
                    where load.Load.Leaves == Leaves.Uniform
                    select (Connections: connections, Load: load);
        var series = from load in loads
                     group load by load.Load.Contestant into one
                     let points = one.Select(l => ((double)l.Connections, RateOf(l.Load).Median)).Distinct().ToArray()
                     where points.Length > 1
                     select new Series(one.Key, ColourOf(one.Key), "", points);
        var all = series.ToArray();
        return all.Length == 0 ? null : LinePlot.Draw(title, "connections (closed loop)", vertical, all, byFactor: true, logarithmic: false);
    }

    private string Open()
    {
        var series = from load in results.Open
                     group load by load.Contestant into one
                     from line in new[] { (Name: "p50", Dash: "2 4"), (Name: "p99", Dash: ""), (Name: "p99.9", Dash: "8 4") }
                     let points = one.Select(l => (l.Rate, Math.Max(0.01, line.Name switch { "p50" => l.Latencies.P50Ms, "p99" => l.Latencies.P99Ms, _ => l.Latencies.P999Ms })))
                     select new Series($"{one.Key}, {line.Name}", ColourOf(one.Key), line.Dash, [.. points]);
        return LinePlot.Draw(
            "Latency in open loop, from the instant at which a request was due", "requests/s due", "milliseconds (logarithmic)", [.. series], byFactor: false, logarithmic: true);
    }
}
