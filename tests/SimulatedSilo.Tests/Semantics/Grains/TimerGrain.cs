namespace BudgetEngine.SimulatedSilo.Tests.Semantics.Grains;

/// <summary>A grain with one timer.</summary>
public interface ITimerGrain : IGrainWithStringKey
{
    /// <summary>Each tick writes "tick begins", waits at the gate of that name if there is one, writes "tick ends".</summary>
    Task Start(TimeSpan due, TimeSpan period, bool interleave, string? gate);

    /// <summary>The tick throws.</summary>
    Task StartThrowing(TimeSpan period);

    /// <summary>The first tick makes itself the last but one.</summary>
    Task StartChanging(TimeSpan period);

    Task Stop();

    Task Hold(string name);

    Task End();

    /// <summary>Times between the end of a tick and the beginning of the next.</summary>
    Task<List<TimeSpan>> Pauses();
}

public sealed class TimerGrain(IGrainContext context, TimeProvider time) : Grain(context), ITimerGrain
{
    private readonly List<TimeSpan> _pauses = [];
    private IGrainTimer? _timer;
    private long _lastEnd;

    private Journal Journal => Journal.Of(this.GetPrimaryKeyString());

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        Journal.Write("deactivation begins");
        return Task.CompletedTask;
    }

    public Task Start(TimeSpan due, TimeSpan period, bool interleave, string? gate)
    {
        _timer = this.RegisterGrainTimer(token => Tick(gate, token), new() { DueTime = due, Period = period, Interleave = interleave });
        return Task.CompletedTask;
    }

    public Task StartThrowing(TimeSpan period)
    {
        _timer = this.RegisterGrainTimer(
            _ =>
            {
                Journal.Write("tick");
                throw new ProbeException("a bad tick");
            },
            new() { DueTime = TimeSpan.Zero, Period = period });
        return Task.CompletedTask;
    }

    public Task StartChanging(TimeSpan period)
    {
        _timer = this.RegisterGrainTimer(
            _ =>
            {
                Journal.Write("tick");
                _timer!.Change(TimeSpan.FromMilliseconds(1), Timeout.InfiniteTimeSpan);
                return Task.CompletedTask;
            },
            new() { DueTime = TimeSpan.Zero, Period = period });
        return Task.CompletedTask;
    }

    public Task Stop()
    {
        _timer!.Dispose();
        return Task.CompletedTask;
    }

    public async Task Hold(string name)
    {
        Journal.Write($"{name} begins");
        await Gate.Wait(name);
        Journal.Write($"{name} ends");
    }

    public Task End()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    public Task<List<TimeSpan>> Pauses() => Task.FromResult(_pauses.ToList());

    private async Task Tick(string? gate, CancellationToken cancellationToken)
    {
        if (_lastEnd != 0) _pauses.Add(time.GetElapsedTime(_lastEnd));
        Journal.Write("tick begins");
        if (gate is not null) await Gate.Wait(gate);
        else await Task.Delay(20, cancellationToken);
        Journal.Write("tick ends");
        _lastEnd = time.GetTimestamp();
    }
}
