using System.Collections.Immutable;
using BudgetEngine.SimulatedSilo.Tests.Semantics;
using Orleans.Concurrency;

namespace BudgetEngine.SimulatedSilo.Tests.Silo;

[GenerateSerializer]
public sealed record Parcel(string Name, ImmutableArray<int> Items, UInt128 Big);

/// <summary>What the tests of the silo's own features need of a grain.</summary>
public interface IWorkerGrain : IGrainWithStringKey
{
    Task<int> Count();

    /// <summary>Counts with an await between reading and writing, as a careless grain does.</summary>
    Task<int> CountCarelessly();

    Task Append(string entry);

    Task<string> Entries();

    Task Delay(TimeSpan span);

    Task WaitFor(string gate);

    Task<Parcel> Echo(Parcel parcel);

    Task<bool> IsSame(Parcel parcel);

    Task KeepAlive(TimeSpan span);

    Task Tick(TimeSpan period, bool keepAlive);

    [OneWay]
    Task Fire();

    Task End();
}

[Reentrant]
public sealed class WorkerGrain(IGrainContext context) : Grain(context), IWorkerGrain
{
    private readonly List<string> _entries = [];
    private int _count;

    public static Parcel? Last { get; set; }

    private Semantics.Journal Journal => Semantics.Journal.Of(this.GetPrimaryKeyString());

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        Journal.Write("activated");
        return Task.CompletedTask;
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        Journal.Write($"{reason.ReasonCode}");
        if (this.GetPrimaryKeyString().StartsWith("endless", StringComparison.Ordinal)) await Task.Delay(Timeout.Infinite, cancellationToken);
    }

    public Task<int> Count() => Task.FromResult(++_count);

    public async Task<int> CountCarelessly()
    {
        var count = _count;
        await Task.Yield();
        return _count = count + 1;
    }

    public async Task Append(string entry)
    {
        await Task.Yield();
        _entries.Add(entry);
        Journal.Write(entry);
    }

    public Task<string> Entries() => Task.FromResult(string.Join(",", _entries));

    public Task Delay(TimeSpan span) => Task.Delay(span, this.GetTime());

    public async Task WaitFor(string gate)
    {
        Journal.Write("waits");
        await Semantics.Gate.Wait(gate);
        Journal.Write("went on");
    }

    public Task<Parcel> Echo(Parcel parcel)
    {
        Last = parcel;
        return Task.FromResult(parcel);
    }

    public Task<bool> IsSame(Parcel parcel) => Task.FromResult(ReferenceEquals(parcel, Last));

    public Task KeepAlive(TimeSpan span)
    {
        DelayDeactivation(span);
        return Task.CompletedTask;
    }

    public Task Tick(TimeSpan period, bool keepAlive)
    {
        this.RegisterGrainTimer(
            _ =>
            {
                _count++;
                return Task.CompletedTask;
            },
            new() { DueTime = period, Period = period, KeepAlive = keepAlive });
        return Task.CompletedTask;
    }

    public Task Fire()
    {
        Journal.Write("fired");
        return Task.CompletedTask;
    }

    public Task End()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }
}
