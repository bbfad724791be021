namespace BudgetEngine.SimulatedSilo.Scheduling;

/// <summary>Threads and real time: for the tests of the semantics, which Orleans passes too.</summary>
public sealed class ThreadScheduler : SiloScheduler
{
    public override TimeProvider Time => TimeProvider.System;

    internal override TaskScheduler Outside => TaskScheduler.Default;

    internal override int TurnsPerSlice => 64;

    internal override TaskCreationOptions ReplyOptions => TaskCreationOptions.RunContinuationsAsynchronously;

    internal override void Schedule(IThreadPoolWorkItem item) => ThreadPool.UnsafeQueueUserWorkItem(item, preferLocal: false);
}
