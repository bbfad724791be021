using BudgetEngine.Grains.Alerts;
using BudgetEngine.Grains.Interfaces.Alerts;
using BudgetEngine.Grains.Interfaces.CostCenters;
using BudgetEngine.Simulation.Checks;
using BudgetEngine.Simulation.Plans;

namespace BudgetEngine.Simulation.Cluster;

/// <summary>Breaks processes, activations, clocks and connections while the callers are at work, as the plan says; heals all of it at the end.</summary>
internal sealed class Chaos(World world)
{
    private readonly Dice _dice = world.Dice;
    private readonly List<Func<Task>> _kinds = [];
    private readonly List<Task> _underWay = [];
    private bool _over;

    public async Task RunAsync()
    {
        var plan = world.Plan;
        if (plan.ActivationKills) _kinds.Add(KillActivationAsync);
        if (plan.ProcessKills) _kinds.Add(KillProcessAsync);
        if (plan.StoreOutages) _kinds.Add(CutStoreAsync);
        if (plan.ClockSteps) _kinds.Add(StepClockAsync);
        if (plan.Pauses) _kinds.Add(PauseAsync);
        if (plan.Isolations) _kinds.Add(IsolateAsync);
        if (plan.Moves) _kinds.Add(MoveAsync);
        if (plan.Restarts) _kinds.Add(RestartAsync);
        if (_kinds.Count == 0) return;
        for (var i = plan.Strikes; i > 0 && !_over; i--)
        {
            await world.DelayAsync(_dice.Millis(200, 7_000));
            if (!_over) _underWay.Add(_dice.Of(_kinds)());
        }
    }

    /// <summary>From here on nothing breaks; completes when everything serves again.</summary>
    public async Task HealAsync()
    {
        _over = true;
        world.Faults = null;
        world.Log(() => "heals");
        await Task.WhenAll(_underWay);
        foreach (var process in world.Processes.ToList())
        {
            process.Link.IsCut = false;
            process.IsIsolated = false;
            if (process.Os.IsPaused) process.Os.Resume();
        }

        foreach (var process in world.Processes.Where(p => !p.IsMember || !p.IsAlive).ToList()) world.Remove(process);
        if (world.Processes.Count == 0) await world.StartProcessAsync();
    }

    private EngineProcess? Any() => world.Processes.Where(p => p is { IsServing: true, IsStopping: false, Os.IsPaused: false }).ToList() is { Count: > 0 } serving ? _dice.Of(serving) : null;

    /// <summary>The process of a command that has begun, of a commit, or of a step of a move, a few steps later; null: none came.</summary>
    private async Task<EngineProcess?> MeetAsync()
    {
        var atMove = world.Plan.CostCenterMoves && _dice.OneIn(2);
        var atCommit = !atMove && _dice.OneIn(2);
        var meeting = atMove ? world.Meetings.WhenMovedAsync() : atCommit ? world.Meetings.WhenCommittedAsync() : world.Meetings.WhenBusyAsync();
        if (await Task.WhenAny(meeting, world.DelayAsync(TimeSpan.FromSeconds(atMove ? 15 : 5))) != meeting) return null;
        var process = await meeting;
        if (atMove) world.Reach(Sometimes.ProcessEndsInAMove);
        for (var i = _dice.Below(atCommit || atMove ? 4 : 24); i > 0; i--) await Task.Yield();
        return !_over && process is { IsServing: true, IsStopping: false, Os.IsPaused: false } ? process : null;
    }

    private Task KillActivationAsync()
    {
        if (Any() is not { } process || process.Activations.ToList() is not { Count: > 0 } activations) return Task.CompletedTask;
        var activation = _dice.Of(activations);
        var seen = world.Watch.Find(activation);
        if (seen?.Holds.Count > 0) world.Reach(Sometimes.ActivationKilledWithHolds);
        if (seen is not null && seen.Node.Reservations.Open.Any(r => r.Busy)) world.Reach(Sometimes.ActivationKilledWhileBusy);
        world.Log(() => $"kills {activation.Key} at {process.Name}");
        process.Silo.Kill(
            activation.GrainInstance is NotifierGrain
                ? (IAddressable)process.Silo.GetGrain<INotifierGrain>(activation.Key) : (IAddressable)process.Silo.GetGrain<ICostCenterGrain>(activation.Key));
        return Task.CompletedTask;
    }

    private async Task KillProcessAsync()
    {
        if ((_dice.OneIn(2) ? await MeetAsync() : Any()) is not { } process) return;
        if (world.Watch.HoldsAnything(process)) world.Reach(Sometimes.SiloKilledWithHolds);
        world.Log(() => $"kills {process.Name}");
        process.Kill();
        await world.DelayAsync(_dice.Millis(0, world.Plan.Exclusive ? 500 : 8_000));
        world.DeclareDead(process);
        world.Remove(process);
        await world.StartProcessAsync();
    }

    private async Task CutStoreAsync()
    {
        if (Any() is not { } process) return;
        world.Log(() => $"{process.Name} loses the store");
        process.Link.IsCut = true;
        await world.DelayAsync(_dice.Millis(100, 15_000));
        process.Link.IsCut = false;
        world.Log(() => $"{process.Name} has the store again");
    }

    private Task StepClockAsync()
    {
        if (Any() is not { } process) return Task.CompletedTask;
        var step = TimeSpan.FromSeconds(_dice.Of([1, 10, 3_600]) * (_dice.OneIn(2) ? 1 : -1));
        world.Log(() => $"{process.Name}'s clock steps by {step}");
        world.Reach(Sometimes.ClockStepped);
        process.Os.StepClock(step);
        return Task.CompletedTask;
    }

    /// <summary>SIGSTOP for a while. The cluster may take it for dead; then it is a zombie when it goes on.</summary>
    private async Task PauseAsync()
    {
        if (Any() is not { } process) return;
        world.Log(() => $"stops {process.Name}");
        process.Os.Pause();
        await world.DelayAsync(_dice.Millis(500, 12_000));
        if (_dice.OneIn(2)) world.DeclareDead(process);
        await world.DelayAsync(_dice.Millis(0, 12_000));
        world.Log(() => $"continues {process.Name}");
        process.IsIsolated = !process.IsMember;
        process.Os.Resume();
        await EndZombieAsync(process);
    }

    /// <summary>Cut off from the others, not from its callers and the store: it goes on as if it were alone.</summary>
    private async Task IsolateAsync()
    {
        if (Any() is not { IsMember: true } process || world.Processes.Count(p => p.IsMember) < 2) return;
        world.Log(() => $"cuts {process.Name} off");
        process.IsIsolated = true;
        await world.DelayAsync(_dice.Millis(100, 6_000));
        if (_dice.OneIn(2)) world.DeclareDead(process);
        await world.DelayAsync(_dice.Millis(100, 12_000));
        if (process.IsMember) process.IsIsolated = false;
        await EndZombieAsync(process);
    }

    /// <summary>Whoever was declared dead learns of it some time later, and ends.</summary>
    private async Task EndZombieAsync(EngineProcess process)
    {
        if (process.IsMember) return;
        world.Reach(Sometimes.TakeOverOfAZombie);
        await world.DelayAsync(_dice.Millis(100, 10_000));
        world.Log(() => $"ends the zombie {process.Name}");
        world.Remove(process);
        await world.StartProcessAsync();
    }

    private Task MoveAsync()
    {
        if (world.Directory.Paths is not { Count: > 0 } paths) return Task.CompletedTask;
        var path = _dice.Of(paths);
        world.Directory.Move(path);
        world.Log(() => $"moves {path} to {world.Directory.Find(path)?.Name}");
        return Task.CompletedTask;
    }

    private async Task RestartAsync()
    {
        if ((_dice.OneIn(2) ? await MeetAsync() : Any()) is not { } process) return;
        if (world.Watch.HoldsAnything(process)) world.Reach(Sometimes.HoldHandedOverAtShutdown);
        world.Log(() => $"restarts {process.Name}");
        await Task.WhenAny(process.StopAsync(), world.DelayAsync(TimeSpan.FromSeconds(60)));
        world.Remove(process);
        await world.StartProcessAsync();
    }
}
