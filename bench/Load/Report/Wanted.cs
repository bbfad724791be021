using BudgetEngine.Load.Measure;
using static BudgetEngine.Load.Matches.Contestants;

namespace BudgetEngine.Load.Report;

/// <summary>A promise of speed or size, and what was measured. The median decides; the spread of the rounds stands beside it.</summary>
internal sealed record Wanted(string Contestant, string What, Spread Measured, double Bound, bool AtLeast = true)
{
    public bool IsMet => AtLeast ? Measured.Median >= Bound : Measured.Median <= Bound;

    /// <summary>All of which something was measured; this build of the engine first.</summary>
    public static IEnumerable<Wanted> Of(Results results, LoadOptions options) =>
        WantedRates.Of(results, options).Concat(WantedOfProcesses.Of(results)).OrderBy(w => !Engines.Contains(w.Contestant));

    public static Wanted AtMost(string contestant, string what, Spread measured, double bound) => new(contestant, what, measured, bound, AtLeast: false);

    public static Wanted AtMost(string contestant, string what, double measured, double bound) => AtMost(contestant, what, Spread.Of([measured]), bound);
}
