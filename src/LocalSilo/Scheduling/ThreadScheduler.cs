namespace BudgetEngine.LocalSilo.Scheduling;

/// <summary>Threads and real time.</summary>
internal sealed class ThreadScheduler : SiloScheduler
{
    public override TimeProvider Time => TimeProvider.System;

    internal override TaskScheduler Outside => TaskScheduler.Default;

    internal override bool RunsInline => true;

    internal override int TurnsPerSlice => 64;

    // A time-out must not run its caller's code inside the sweep.
    internal override TaskCreationOptions ReplyOptions => TaskCreationOptions.RunContinuationsAsynchronously;

    internal override void Schedule(IThreadPoolWorkItem item) => ThreadPool.UnsafeQueueUserWorkItem(item, preferLocal: false);
}
