using System.Collections.Concurrent;
using BudgetEngine.Cluster.Traffic;
using BudgetEngine.TestKit.Engine;
using BudgetEngine.TestKit.Waiting;
using BudgetEngine.Torture.Checks;
using BudgetEngine.Torture.Running;
using BudgetEngine.Torture.Traffic;

namespace BudgetEngine.Cluster.Survival;

/// <summary>
/// One round: the torture's load on a tenant of its own, through the service in front of the silos, a blow in the middle of it, recovery, and all checks of the
/// torture by the books of the callers.
/// </summary>
internal sealed class ClusterRound
{
    private const int RecoverWithin = 120;
    private const int MostReported = 50;

    private readonly int _number;
    private readonly ClusterNemesis _nemesis;
    private readonly ClusterArena _arena;
    private readonly Random _random;
    private readonly Places _places;
    private readonly ConcurrentQueue<string> _violations = [];

    public ClusterRound(int number, ClusterNemesis nemesis, ClusterArena arena, Random random)
    {
        (_number, _nemesis, _arena, _random) = (number, nemesis, arena, random);
        _places = new Places(number);
        History = new History(Violated, timeMoves: false);
    }

    public History History { get; }

    public IEnumerable<string> Violations => _violations;

    /// <summary>How long cost centers went without a grant: those of the silo that was hurt, and the others.</summary>
    public (IReadOnlyList<long> Hurt, IReadOnlyList<long> Others) Gaps { get; private set; } = ([], []);

    /// <param name="totals">Of the rounds before, to be found unchanged; this round's are added.</param>
    public async Task<RoundReport> RunAsync(Dictionary<string, (long Rows, long Cost)> totals)
    {
        var blow = new ClusterBlow("not struck", 0, 0, ClusterBlow.Nothing);
        var recovered = 0L;
        var repeated = 0;
        var faults = Faults();
        try
        {
            await _places.PrepareAsync(_arena.Caller);
            var probes = await Availability.PrepareAsync(_arena.Caller, $"m{_number}");
            await _arena.KnownEverywhereAsync(_places.Probe);
            await _arena.KnownEverywhereAsync(probes[^1]);
            var load = new MixedLoad(_arena.Caller, _places, History, new Random(_random.Next()));
            (blow, recovered) = await StrikeAsync(load, probes);
            repeated = await CheckAsync(load, blow, totals);
        }
        catch (Exception failed)
        {
            Violated($"the round broke off: {failed}");
        }

        // Whoever was suspected during a split may be voted dead after it, and ends.
        if (_nemesis.Network) await SplitNemeses.MendAsync(_arena);
        foreach (var holder in await NamelessAsync()) Violated($"cost centers are held by {holder}, and the lease of that process has another name");
        foreach (var silo in _arena.Silos.Where(s => s.HasExited)) Violated($"a silo has ended: {Last(silo)}");
        foreach (var (silo, count) in Faults())
        {
            if (count > faults.GetValueOrDefault(silo)) Violated($"an exception came to the boundary: {Last(_arena.Silos.First(s => s.Id == silo))}");
        }

        return new RoundReport(_number, _nemesis.Name, blow.What, History.Operations, History.Acknowledged, repeated, recovered - blow.Began, recovered - blow.Healed, _violations.Count);
    }

    /// <summary>Holders of nodes whom the fence cannot tell that they lost one: their process has a lease under another name.</summary>
    private Task<List<string>> NamelessAsync() => _arena.Store.QueryAsync(
        "select distinct e.process from node_epochs e join leases l on split_part(l.process, '#', 1) = split_part(e.process, '#', 1) where l.process <> e.process", r => r.GetString(0));

    private async Task<(ClusterBlow Blow, long Recovered)> StrikeAsync(MixedLoad load, IReadOnlyList<string> probes)
    {
        try
        {
            var until = _random.Next(200, 1_500);
            await Eventually.HoldsAsync("the load runs", () => History.Acknowledged >= until, RecoverWithin);
            await using var availability = Availability.Watch(_arena.Gateway, probes);
            await Eventually.HoldsAsync("every probe has been asked", () => availability.Counts.Asked > 2 * probes.Count, RecoverWithin);
            var blow = await _nemesis.StrikeAsync(_arena, _random);
            await Eventually.HoldsAsync("a check is allowed and a post acknowledged again", () => IsGoodAsync(load), RecoverWithin);
            var recovered = Environment.TickCount64;
            var before = History.Acknowledged;
            await Eventually.HoldsAsync("the load runs again", () => History.Acknowledged >= before + 500, RecoverWithin);
            foreach (var probe in probes) await Eventually.HoldsAsync($"{probe} is granted again", () => IsGrantedAsync(probe), RecoverWithin);
            var gaps = await availability.EndAsync();
            Gaps = ([.. gaps.Where(g => blow.Lost.Contains(g.Key)).Select(g => g.Value)], [.. gaps.Where(g => !blow.Lost.Contains(g.Key)).Select(g => g.Value)]);
            return (blow, recovered);
        }
        finally
        {
            await load.StopAsync();
        }
    }

    private async Task<bool> IsGoodAsync(MixedLoad load)
    {
        try
        {
            return await IsGrantedAsync(_places.Probe) && await load.Records.SingleAsync(_random, _places.Probe);
        }
        catch (Exception gone) when (MixedLoad.IsGone(gone))
        {
            return false;
        }
    }

    private async Task<bool> IsGrantedAsync(string costCenter)
    {
        try
        {
            var check = await _arena.Caller.CheckAsync(costCenter, 0.001m, ttlSeconds: 1);
            return check.Allowed && !check.Body.GetProperty("degraded").GetBoolean();
        }
        catch (Exception gone) when (MixedLoad.IsGone(gone))
        {
            return false;
        }
    }

    private async Task<int> CheckAsync(MixedLoad load, ClusterBlow blow, Dictionary<string, (long Rows, long Cost)> totals)
    {
        var repeats = new Repeats(_arena.Caller, History, load.Holds);
        await repeats.PostAsync(await LedgerCheck.IdsAsync(_arena.Store, _places.Tenant));
        await repeats.EndHoldsAsync(_nemesis.Forgets, timeMoved: false);
        var ledger = new LedgerCheck(_arena.Caller, _arena.Store, Violated);
        var admission = new AdmissionCheck(_arena.Caller, _places, Violated);
        var rows = await ledger.RunAsync(_places, History);
        await admission.BoundAsync(rows, History, timeMoved: false, node => LostAt(node, blow));
        await admission.NoPhantomsAsync(History.LastDeadline);
        await ledger.EarlierRoundsAsync(_places, totals);
        return repeats.Resolved;
    }

    /// <summary>
    /// What a node that went with its process may have held there: every hold below it that only memory had, asked before the node was healed, and not known
    /// to have ended before the blow.
    /// </summary>
    private long LostAt(string node, ClusterBlow blow) =>
        blow.Lost.Contains(node)
            ? History.Grants.Where(g => !g.MustSurvive && g.CostCenter.StartsWith(node + "/", StringComparison.Ordinal) && g.AskedAt <= blow.Healed && !(g.EndedAt < blow.Began)).Sum(g => g.Amount)
            : 0;

    /// <summary>Exceptions that each silo has logged at its boundary. A new process has a log of its own.</summary>
    private Dictionary<int, int> Faults() =>
        _arena.Silos.ToDictionary(s => s.Id, s => s.Output.Split('\n').Count(l => l.Contains("failed (request", StringComparison.Ordinal)));

    private static string Last(EngineProcess silo) => string.Join('\n', silo.Output.Split('\n').TakeLast(30).Select(l => l[..Math.Min(l.Length, 600)]));

    private void Violated(string what)
    {
        if (_violations.Count < MostReported) _violations.Enqueue(what);
    }
}
