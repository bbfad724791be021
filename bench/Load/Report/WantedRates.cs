using BudgetEngine.Load.Loads;
using BudgetEngine.Load.Matches;
using BudgetEngine.Load.Measure;
using BudgetEngine.Load.Open;
using static BudgetEngine.Load.Matches.Contestants;

namespace BudgetEngine.Load.Report;

/// <summary>What is wanted of rates and latencies, as ratios within a round: machines differ, and this one is shared.</summary>
internal static class WantedRates
{
    private const double CheckOfEcho = 0.65;
    private const double DenyOfEcho = 0.6;
    private const double SettleOfLimit = 0.6;
    private const double SettleOfRedisOnSqlite = 1;
    private const double SettleOfRedisOnPostgres = 0.8;
    private const double SettleOfUpdate = 2;
    private const double HotSettleOfUpdate = 12;
    private const double HotParentOfUniform = 0.7;
    private const double BatchOfBareInsert = 0.5;
    private const double P99OfEcho = 3;
    private const double P999Ms = 5;

    /// <summary>No change may make the engine slower than the build that it is compared with, but for the noise of the machine.</summary>
    private const double RateOfOther = 0.9;
    private const double P99OfOther = 1 / RateOfOther;

    public static IEnumerable<Wanted> Of(Results results, LoadOptions options)
    {
        var check = results.Match(MatchCatalog.Check, options.Connections);
        var deny = results.Match(MatchCatalog.Deny, options.Connections);
        var settle = results.Match(MatchCatalog.Settle, options.Connections);
        return
        [
            .. OfOthers(check, options), .. OfOthers(deny, options), .. OfOthers(settle, options),
            .. OfEcho(check, CheckOfEcho, Leaves.Uniform, Leaves.Zipf), .. OfEcho(deny, DenyOfEcho, Leaves.Uniform, Leaves.Hot), .. HotParents(check),
            .. OfLimit(settle), .. OfLimit(results.Match(MatchCatalog.Post, options.Connections)),
            .. Settles(settle, Leaves.Uniform, RedisAlways, engine => engine == Postgres ? SettleOfRedisOnPostgres : SettleOfRedisOnSqlite),
            .. Settles(settle, Leaves.Uniform, Update, _ => SettleOfUpdate), .. Settles(settle, Leaves.Hot, Update, _ => HotSettleOfUpdate),
            .. HotParents(settle), .. Batches(results.Match(MatchCatalog.Batch, Sizes.BatchConnections)), .. OpenLoops(results),
        ];
    }

    private static IEnumerable<Wanted> OfOthers(MatchFigures? match, LoadOptions options) =>
        from load in match?.Loads ?? []
        let engine = Array.IndexOf(Engines, load.Contestant)
        where engine >= 0
        from other in options.Others.Select(o => match!.Find(Contestants.Of(o)[engine], load.Load.Leaves)).OfType<LoadFigures>()
        from wanted in new[]
        {
            new Wanted(load.Contestant, $"{Subject(load)}: rate, times {other.Contestant}", load.Over(other), RateOfOther),
            Wanted.AtMost(load.Contestant, $"{Subject(load)}: p99, times {other.Contestant}", load.Whole.P99Ms / other.Whole.P99Ms, P99OfOther),
        }
        select wanted;

    private static IEnumerable<Wanted> OfEcho(MatchFigures? match, double bound, params Leaves[] leaves)
    {
        if (match?.Echo is not { } echo) return [];
        return from load in match.Loads
               where IsEngine(load.Contestant) && leaves.Contains(load.Load.Leaves)
               select new Wanted(load.Contestant, $"{Subject(load)}: requests/s of echo's", load.Over(echo), bound);
    }

    private static IEnumerable<Wanted> HotParents(MatchFigures? match) =>
        from load in match?.Loads ?? []
        where IsEngine(load.Contestant) && load.Load.Leaves == Leaves.HotParent
        let uniform = match!.Find(load.Contestant, Leaves.Uniform)
        where uniform is not null
        select new Wanted(load.Contestant, $"{Subject(load)}: of uniform", load.Over(uniform), HotParentOfUniform);

    private static IEnumerable<Wanted> OfLimit(MatchFigures? match) =>
        from load in match?.Loads ?? []
        where IsEngine(load.Contestant)
        let limit = match!.Find(LimitOf(load.Contestant), load.Load.Leaves)
        where limit is not null
        select new Wanted(load.Contestant, $"{Subject(load)}: of the {limit.Contestant}", load.Over(limit), SettleOfLimit);

    private static IEnumerable<Wanted> Settles(MatchFigures? match, Leaves leaves, string rival, Func<string, double> bound) =>
        from load in match?.Loads ?? []
        where IsEngine(load.Contestant) && load.Load.Leaves == leaves
        let other = match!.Find(rival, leaves)
        where other is not null
        select new Wanted(load.Contestant, $"{Subject(load)}: times {rival}", load.Over(other), bound(load.Contestant));

    private static IEnumerable<Wanted> Batches(MatchFigures? match) =>
        from load in match?.Loads ?? []
        where load.Contestant == Postgres
        let bare = match!.Find(BareInsert, load.Load.Leaves)
        where bare is not null
        select new Wanted(load.Contestant, $"{Subject(load)}: rows/s of a bare unnest insert's", load.RecordsOver(bare), BatchOfBareInsert);

    private static IEnumerable<Wanted> OpenLoops(Results results) =>
        from load in results.Open
        where IsEngine(load.Contestant) && OpenMatch.BoundShares.Contains(load.Share)
        let echo = results.Open.Find(o => o.Contestant == Echo && o.Share == load.Share)
        where echo is not null
        let subject = $"open loop at {load.Share:P0} of the maximal rate, a check"
        let ratios = load.Windows.Zip(echo.Windows, (own, others) => own.Percentile(0.99) / others.Percentile(0.99))
        from wanted in new[]
        {
            Wanted.AtMost(load.Contestant, $"{subject}: p99 over echo's", Spread.Of(ratios), P99OfEcho),
            Wanted.AtMost(load.Contestant, $"{subject}: p99.9, ms", Spread.Of(load.Windows.Select(w => w.Percentile(0.999).TotalMilliseconds)), P999Ms),
        }
        select wanted;

    private static string Subject(LoadFigures load) => $"{load.Load.Name}, {Words.Of(load.Load.Leaves)}";
}
