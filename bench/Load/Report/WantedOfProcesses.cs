using BudgetEngine.Load.Loads;
using BudgetEngine.Load.Matches;
using BudgetEngine.Load.Measure;

namespace BudgetEngine.Load.Report;

/// <summary>What is wanted of a process by itself: its memory, its collector, its start, and what several of them cost.</summary>
internal static class WantedOfProcesses
{
    private const double BytesOfCheck = 2_000;
    private const double BytesOfPair = 6_000;
    private const double BytesOfPost = 5_000;
    private const double BytesOfCostCenter = 3_000;
    private const double BytesOfEnded = 64;
    private const double MegabytesPerMillion = 5_000;
    private const double LongestPauseMs = 5;
    private const double SoakP99Ms = 5;
    private const double SoakPausesPercent = 0.5;
    private const double SoakMegabytes = 350;
    private const double FirstAnswerMs = 1_500;
    private const double ColdP99Ms = 10;
    private const double MessagesPerCheck = 1.4;
    private const double SilosOfOne = 0.5;
    private const double Megabyte = 1_000_000;

    public static IEnumerable<Wanted> Of(Results results) =>
        [.. Allocations(results), .. Pauses(results), .. CostCenters(results), .. Ended(results), .. Soaks(results), .. Starts(results), .. Silos(results)];

    private static IEnumerable<Wanted> Allocations(Results results) =>
        from figures in results.Allocations
        let bound = figures.Kind switch { LoadKind.Lapse => BytesOfCheck, LoadKind.Settle => BytesOfPair, LoadKind.Post => BytesOfPost, _ => 0 }
        where bound > 0
        select Wanted.AtMost(EngineOn(figures.Store), $"{figures.Load}: bytes allocated above echo's", figures.BytesAboveEcho, bound);

    private static IEnumerable<Wanted> Pauses(Results results) =>
        from figures in results.Collector
        where figures.OpenBefore >= Sizes.OpenReservations
        select Wanted.AtMost(
            figures.Contestant, $"{figures.Load.Load.Name} beside {figures.OpenBefore:N0} open reservations: longest stop of the collector, ms", figures.Longest.TotalMilliseconds, LongestPauseMs);

    private static IEnumerable<Wanted> CostCenters(Results results) =>
        from figures in results.Memory
        where figures.Leaves >= Sizes.ResidentCostCenters[1]
        let bound = Math.Max(MegabytesPerMillion * figures.Leaves / 1_000_000, MegabytesPerMillion / 10)
        from wanted in new[]
        {
            Wanted.AtMost(figures.Contestant, $"{figures.Leaves:N0} leaves resident: MB", figures.ResidentBytes / Megabyte, bound),
            Wanted.AtMost(figures.Contestant, $"{figures.Leaves:N0} leaves resident: bytes of a cost center", figures.BytesPerCostCenter, BytesOfCostCenter),
        }
        select wanted;

    private static IEnumerable<Wanted> Ended(Results results) =>
        results.Ended.Select(e => Wanted.AtMost(e.Contestant, "a remembered ended reservation: bytes", e.BytesEach, BytesOfEnded));

    private static IEnumerable<Wanted> Soaks(Results results) =>
        from soak in results.Soaks
        let subject = $"{soak.Length.TotalMinutes:0.##} minutes of check + settle"
        from wanted in new[]
        {
            Wanted.AtMost(soak.Contestant, $"{subject}: p99 of a pair, ms", soak.Load.Whole.P99Ms, SoakP99Ms),
            Wanted.AtMost(soak.Contestant, $"{subject}: % of the time in stops of the collector", soak.Pauses.Share * 100, SoakPausesPercent),
            Wanted.AtMost(soak.Contestant, $"{subject}: MB, at most", soak.MostBytes / Megabyte, SoakMegabytes),
        }
        select wanted;

    private static IEnumerable<Wanted> Starts(Results results) =>
        from start in results.Starts
        from wanted in new[]
        {
            Wanted.AtMost(EngineOn(start.Store), "start of the process to the first allowed check, ms", start.ProcessMs, FirstAnswerMs),
            Wanted.AtMost(EngineOn(start.Store), $"cold cost centers, {Sizes.ColdCallers} callers: p99, ms", start.ManyColdP99Ms, ColdP99Ms),
        }
        select wanted;

    private static IEnumerable<Wanted> Silos(Results results) =>
        from figures in results.Silos
        from wanted in new[]
        {
            Wanted.AtMost(figures.Contestant, $"{figures.Silos} silos: messages between processes per check", figures.MessagesPerCheck, MessagesPerCheck),
            new Wanted(figures.Contestant, $"{figures.Silos} silos: pairs/s of a single one's", figures.Several.Over(figures.One), SilosOfOne),
        }
        select wanted;

    private static string EngineOn(string store) => Array.Find(Contestants.Engines, e => Contestants.StoreOf(e) == store)!;
}
