using System.Collections.Concurrent;
using BudgetEngine.TestKit.Engine;
using BudgetEngine.TestKit.Waiting;
using BudgetEngine.Torture.Checks;
using BudgetEngine.Torture.Nemeses;
using BudgetEngine.Torture.Traffic;

namespace BudgetEngine.Torture.Running;

/// <summary>One round: load on a tenant of its own, a blow in the middle of it, recovery, and all checks.</summary>
internal sealed class TortureRound
{
    private const int RecoverWithin = 120;
    private const int MostReported = 50;

    private readonly int _number;
    private readonly Nemesis _nemesis;
    private readonly Arena _arena;
    private readonly Caller _caller;
    private readonly Store _store;
    private readonly Random _random;
    private readonly Places _places;
    private readonly ConcurrentQueue<string> _violations = [];

    public TortureRound(int number, Nemesis nemesis, Arena arena, Caller caller, Store store, Random random)
    {
        (_number, _nemesis, _arena, _caller, _store, _random) = (number, nemesis, arena, caller, store, random);
        _places = new Places(number);
        History = new History(Violated, nemesis.MovesTime);
    }

    public History History { get; }

    public IEnumerable<string> Violations => _violations;

    /// <param name="totals">Of the rounds before, to be found unchanged; this round's are added.</param>
    public async Task<RoundReport> RunAsync(Dictionary<string, (long Rows, long Cost)> totals)
    {
        var blow = new Blow("not struck", 0, 0);
        var recovered = 0L;
        var repeated = 0;
        var (process, faults) = (_arena.Engine.Id, Faults());
        try
        {
            if (_nemesis.MovesTime) await RestartUnderAsync(_arena.Clock!.Environment);
            await _places.PrepareAsync(_caller);
            var load = new MixedLoad(_caller, _places, History, new Random(_random.Next()));
            (blow, recovered) = await StrikeAsync(load);
            repeated = await CheckAsync(load, totals);
            if (_nemesis.MovesTime)
            {
                // With the process its log goes.
                if (!_violations.IsEmpty) Violated($"the engine wrote, before it was started anew: {_arena.Engine.Output}");
                await RestartUnderAsync(new Dictionary<string, string>());
            }
        }
        catch (Exception failed)
        {
            Violated($"the round broke off: {failed}");
        }

        if (_arena.Engine.HasExited) Violated($"the engine has ended: {_arena.Engine.Output}");
        // A new process has a log of its own.
        if (Faults() > (_arena.Engine.Id == process ? faults : 0)) Violated("an exception came to the boundary: see what the engine wrote");
        return new RoundReport(_number, _nemesis.Name, blow.What, History.Operations, History.Acknowledged, repeated, recovered - blow.Began, recovered - blow.Healed, _violations.Count);
    }

    private async Task RestartUnderAsync(IReadOnlyDictionary<string, string> environment)
    {
        await _arena.Engine.StopAsync();
        _arena.Engine.Environment = environment;
        await _arena.Engine.RestartAsync();
    }

    private async Task<(Blow Blow, long Recovered)> StrikeAsync(MixedLoad load)
    {
        try
        {
            var until = _random.Next(200, 3_000);
            await Eventually.HoldsAsync("the load runs", () => History.Acknowledged >= until, RecoverWithin);
            var blow = await _nemesis.StrikeAsync(_arena, _random);
            await Eventually.HoldsAsync("a check is allowed and a post acknowledged again", () => IsGoodAsync(load), RecoverWithin);
            var recovered = Environment.TickCount64;
            var before = History.Acknowledged;
            await Eventually.HoldsAsync("the load runs again", () => History.Acknowledged >= before + 500, RecoverWithin);
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
            var check = await _caller.CheckAsync(_places.Probe, 0.001m, ttlSeconds: 1);
            return check.Allowed && !check.Body.GetProperty("degraded").GetBoolean() && await load.Records.SingleAsync(_random, _places.Probe);
        }
        catch (Exception gone) when (MixedLoad.IsGone(gone))
        {
            return false;
        }
    }

    private async Task<int> CheckAsync(MixedLoad load, Dictionary<string, (long Rows, long Cost)> totals)
    {
        var repeats = new Repeats(_caller, History, load.Holds);
        await repeats.PostAsync(await LedgerCheck.IdsAsync(_store, _places.Tenant));
        await repeats.EndHoldsAsync(_nemesis.Kills, _nemesis.MovesTime);
        var ledger = new LedgerCheck(_caller, _store, Violated);
        var admission = new AdmissionCheck(_caller, _places, Violated);
        var rows = await ledger.RunAsync(_places, History);
        await admission.BoundAsync(rows, History, _nemesis.MovesTime);
        await admission.NoPhantomsAsync(History.LastDeadline);
        await ledger.EarlierRoundsAsync(_places, totals);
        return repeats.Resolved;
    }

    /// <summary>Exceptions that the engine has logged at its boundary.</summary>
    private int Faults() => _arena.Engine.Output.Split('\n').Count(l => l.Contains("failed (request", StringComparison.Ordinal));

    private void Violated(string what)
    {
        if (_violations.Count < MostReported) _violations.Enqueue(what);
    }
}
