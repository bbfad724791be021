using System.Globalization;
using BudgetEngine.Torture.Running;
using BudgetEngine.Torture.Traffic;

namespace BudgetEngine.Cluster.Survival;

/// <summary>Round after round on one cluster of three silos.</summary>
internal static class ClusterRun
{
    private const int Silos = 3;

    /// <param name="tell">Where each round is told.</param>
    /// <param name="stop">Ends the run after the round that is on its way, with everything cleared away.</param>
    public static async Task<TortureReport> RunAsync(IReadOnlyList<ClusterNemesis> nemeses, int seed, Action<string> tell, CancellationToken stop = default)
    {
        await using var arena = await ClusterArena.StartAsync(Silos, standby: nemeses.Any(n => n.Name == AllClusterNemeses.Failover), network: nemeses.Any(n => n.Network));
        await Places.PriceAsync(arena.Caller);
        var report = new TortureReport($"{Silos} silos and PostgreSQL{(arena.Standby is null ? "" : " with a standby")}", seed);
        var random = new Random(seed);
        var totals = new Dictionary<string, (long Rows, long Cost)>();
        foreach (var nemesis in nemeses)
        {
            // A round's own seed: what happens in one, at the speed of this machine, changes nothing of what is drawn for the next.
            var round = new ClusterRound(report.Rounds.Count + 1, nemesis, arena, new Random(random.Next()));
            var told = await round.RunAsync(totals);
            report.Rounds.Add(told);
            report.Add(round.History.Counts);
            foreach (var violation in round.Violations) report.Violations.Add(string.Create(CultureInfo.InvariantCulture, $"round {told.Number} ({told.Nemesis}): {violation}"));
            tell(string.Create(CultureInfo.InvariantCulture, $"round {told.Number}: {told.Blow}; {told.Operations} operations, {told.Acknowledged} acknowledged, {told.Repeated} repeated, good again after {told.Recovery} ms ({told.AfterHealing} ms after healing), {told.Violations} violations"));
            tell($"  longest time without a grant, cost centers of the silo that was hurt: {Traffic.Availability.Text(round.Gaps.Hurt)}; others: {Traffic.Availability.Text(round.Gaps.Others)}");
            foreach (var violation in round.Violations) tell($"  VIOLATION {violation}");
            if (stop.IsCancellationRequested || arena.Silos.Any(s => s.HasExited)) break;
        }

        return report;
    }

    /// <summary>Every nemesis of these once before any comes again, each time in another order.</summary>
    public static IEnumerable<ClusterNemesis> Draw(IReadOnlyList<ClusterNemesis> nemeses, int rounds, int seed)
    {
        var random = new Random(seed);
        var next = new Queue<ClusterNemesis>();
        for (var i = 0; i < rounds; i++)
        {
            if (next.Count == 0) next = new Queue<ClusterNemesis>(nemeses.OrderBy(_ => random.Next()));
            yield return next.Dequeue();
        }
    }
}
