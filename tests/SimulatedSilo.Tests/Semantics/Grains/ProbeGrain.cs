using Orleans.Concurrency;

namespace BudgetEngine.SimulatedSilo.Tests.Semantics.Grains;

public class ProbeGrain(IGrainContext context) : Grain(context), IProbeGrain
{
    protected Journal Journal => Journal.Of(this.GetPrimaryKeyString());

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        Journal.Write("activation begins");
        await Task.Yield();
        Journal.Write("activation ends");
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        Journal.Write($"deactivation begins: {reason.ReasonCode}");
        await Task.Yield();
        Journal.Write("deactivation ends");
    }

    public Task Note(string note)
    {
        Journal.Write(note);
        return Task.CompletedTask;
    }

    public async Task Hold(string name)
    {
        Journal.Write($"{name} begins");
        await Gate.Wait(name);
        Journal.Write($"{name} ends");
    }

    public Task Read(string name) => Hold(name);

    public Task Interleave(string note) => Note(note);

    public Task CallSelf() => GrainFactory.GetGrain<IProbeGrain>(this.GetPrimaryKeyString(), typeof(ProbeGrain).FullName).Note("called itself");

    public Task Throw(string message) => throw new ProbeException(message);

    public async Task<int> ThrowLater(string message)
    {
        await Task.Yield();
        throw new ProbeException(message);
    }

    public Task Fire(string name) => Hold(name);

    public Task FireAndThrow()
    {
        Journal.Write("fired");
        throw new ProbeException("nobody hears");
    }

    public async Task HoldUntilCancelled(CancellationToken cancellationToken)
    {
        Journal.Write("waits for cancellation");
        var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using (cancellationToken.Register(() => cancelled.TrySetResult()))
        {
            await cancelled.Task;
        }

        Journal.Write("was cancelled");
        cancellationToken.ThrowIfCancellationRequested();
    }

    public Task EndThenHold(string name)
    {
        DeactivateOnIdle();
        return Hold(name);
    }

    public Task End()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    public Task<string> Key() => Task.FromResult(this.GetPrimaryKeyString());

    public async Task<(int Before, int After, int Default)> Schedulers()
    {
        var before = TaskScheduler.Current.Id;
        await Task.Yield();
        await Task.Delay(1);
        return (before, TaskScheduler.Current.Id, TaskScheduler.Default.Id);
    }
}

[Reentrant]
public sealed class ReentrantProbeGrain(IGrainContext context) : ProbeGrain(context), IReentrantProbeGrain;

[GenerateSerializer]
public sealed class ProbeException(string message) : Exception(message);
