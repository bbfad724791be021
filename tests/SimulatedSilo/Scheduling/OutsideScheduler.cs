namespace BudgetEngine.SimulatedSilo.Scheduling;

/// <summary>Code outside of grains in a simulation: each of its continuations is a step of its own.</summary>
internal sealed class OutsideScheduler(SiloScheduler owner) : TaskScheduler
{
    protected override void QueueTask(Task task) => owner.Schedule(new Step(this, task));

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) =>
        !taskWasPreviouslyQueued && ReferenceEquals(Current, this) && TryExecuteTask(task);

    protected override IEnumerable<Task>? GetScheduledTasks() => null;

    private sealed class Step(OutsideScheduler scheduler, Task task) : IThreadPoolWorkItem
    {
        void IThreadPoolWorkItem.Execute() => scheduler.TryExecuteTask(task);

        public override string ToString() => "outside";
    }
}
