using BudgetEngine.Load.Loads;
using BudgetEngine.Load.Matches;
using BudgetEngine.Load.Measure;
using BudgetEngine.Load.Open;
using static BudgetEngine.Load.Matches.Contestants;

namespace BudgetEngine.Load.Report;

/// <summary>A promise of speed or size, and what was measured. The median decides; the spread of the rounds stands beside it.</summary>
internal sealed record Wanted(string Contestant, string What, Spread Measured, double Bound, bool AtLeast = true)
{
    private const double CheckOfEcho = 0.7;
    private const double SettleOfRedisAlways = 2;
    private const double SettleOfRedisNone = 1.2;
    private const double SettleOfUpdate = 4;
    private const double HotSettleOfUpdate = 15;
    private const double HotParentOfUniform = 0.7;
    private const double BatchOfBareInsert = 0.4;
    private const double P99OfEcho = 3;
    private const double MegabytesPerMillion = 5_000;
    /// <summary>No change may make the engine slower than the build that it is compared with, but for the noise of the machine.</summary>
    private const double RateOfOther = 0.9;
    private const double P99OfOther = 1 / RateOfOther;
    private const double Megabyte = 1_000_000;

    public bool IsMet => AtLeast ? Measured.Median >= Bound : Measured.Median <= Bound;

    public static IEnumerable<Wanted> Of(Results results, LoadOptions options)
    {
        var check = results.Match(MatchCatalog.Check, options.Connections);
        var deny = results.Match(MatchCatalog.Deny, options.Connections);
        var settle = results.Match(MatchCatalog.Settle, options.Connections);
        Wanted[] all =
        [
            .. OfOthers(check, options), .. OfOthers(deny, options), .. OfOthers(settle, options), .. OfEcho(check), .. OfEcho(deny), .. HotParents(check), .. Settles(settle, Leaves.Uniform, RedisAlways, SettleOfRedisAlways),
            .. Settles(settle, Leaves.Uniform, RedisNone, SettleOfRedisNone), .. Settles(settle, Leaves.Uniform, Update, SettleOfUpdate),
            .. Settles(settle, Leaves.Uniform, LazyUpdate, SettleOfUpdate), .. Settles(settle, Leaves.Hot, Update, HotSettleOfUpdate),
            .. HotParents(settle), .. Batches(results.Match(MatchCatalog.Batch, Sizes.BatchConnections)), .. OpenLoops(results), .. ActiveNodes(results),
        ];
        return all.OrderBy(w => !Engines.Contains(w.Contestant));
    }

    private static IEnumerable<Wanted> OfOthers(MatchFigures? match, LoadOptions options) =>
        from load in match?.Loads ?? []
        let engine = Array.IndexOf(Engines, load.Contestant)
        where engine >= 0
        from other in options.Others.Select(o => match!.Find(Contestants.Of(o)[engine], load.Load.Leaves)).OfType<LoadFigures>()
        from wanted in new[]
        {
            new Wanted(load.Contestant, $"{Subject(load)}: rate, times {other.Contestant}", load.Over(other), RateOfOther),
            new Wanted(load.Contestant, $"{Subject(load)}: p99, times {other.Contestant}", Spread.Of([load.Whole.P99Ms / other.Whole.P99Ms]), P99OfOther, AtLeast: false),
        }
        select wanted;

    private static IEnumerable<Wanted> OfEcho(MatchFigures? match)
    {
        if (match?.Echo is not { } echo) return [];
        return from load in match.Loads where IsEngine(load.Contestant) select new Wanted(load.Contestant, $"{Subject(load)}: requests/s of echo's", load.Over(echo), CheckOfEcho);
    }

    private static IEnumerable<Wanted> HotParents(MatchFigures? match) =>
        from load in match?.Loads ?? []
        where IsEngine(load.Contestant) && load.Load.Leaves == Leaves.HotParent
        let uniform = match!.Find(load.Contestant, Leaves.Uniform)
        where uniform is not null
        select new Wanted(load.Contestant, $"{Subject(load)}: of uniform", load.Over(uniform), HotParentOfUniform);

    private static IEnumerable<Wanted> Settles(MatchFigures? match, Leaves leaves, string rival, double bound) =>
        from load in match?.Loads ?? []
        where IsEngine(load.Contestant) && load.Load.Leaves == leaves
        let other = match!.Find(rival, leaves)
        where other is not null
        select new Wanted(load.Contestant, $"{Subject(load)}: times {rival}", load.Over(other), bound);

    private static IEnumerable<Wanted> Batches(MatchFigures? match) =>
        from load in match?.Loads ?? []
        where load.Contestant == Postgres
        let bare = match!.Find(BareInsert, load.Load.Leaves)
        where bare is not null
        select new Wanted(load.Contestant, $"{Subject(load)}: rows/s of a bare unnest insert's", load.RecordsOver(bare), BatchOfBareInsert);

    private static IEnumerable<Wanted> OpenLoops(Results results) =>
        from load in results.Open
        where IsEngine(load.Contestant) && load.Share == OpenMatch.BoundShare
        let echo = results.Open.Find(o => o.Contestant == Echo && o.Share == load.Share)
        where echo is not null
        let ratios = load.Windows.Zip(echo.Windows, (own, others) => own.Percentile(0.99) / others.Percentile(0.99))
        select new Wanted(load.Contestant, $"check + release, open loop at {load.Share:P0} of the maximal rate: p99 over echo's", Spread.Of(ratios), P99OfEcho, AtLeast: false);

    private static IEnumerable<Wanted> ActiveNodes(Results results) =>
        from figures in results.Memory
        where figures.Leaves >= Sizes.ResidentCostCenters[1]
        let bound = Math.Max(MegabytesPerMillion * figures.Leaves / 1_000_000, MegabytesPerMillion / 10)
        select new Wanted(figures.Contestant, $"{figures.Leaves:N0} leaves resident: MB", Spread.Of([figures.ResidentBytes / Megabyte]), bound, AtLeast: false);

    private static string Subject(LoadFigures load) => $"{load.Load.Name}, {Words.Of(load.Load.Leaves)}";
}
