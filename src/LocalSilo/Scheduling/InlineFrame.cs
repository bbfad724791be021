namespace BudgetEngine.LocalSilo.Scheduling;

/// <summary>
/// Makes the caller's thread look like a fresh one of the pool while a call runs inline on it: no synchronization context that would
/// catch the grain's awaits, and none of the caller's async locals (an activation would keep them alive for ever).
/// </summary>
internal readonly ref struct InlineFrame
{
    private static readonly ExecutionContext? s_clean = CaptureClean();

    private readonly SynchronizationContext? _synchronization;
    private readonly ExecutionContext? _execution;

    private InlineFrame(SynchronizationContext? synchronization, ExecutionContext? execution)
    {
        _synchronization = synchronization;
        _execution = execution;
    }

    internal static InlineFrame Enter()
    {
        var synchronization = SynchronizationContext.Current;
        if (synchronization is not null) SynchronizationContext.SetSynchronizationContext(null);
        var execution = ExecutionContext.Capture();
        if (execution is null || ReferenceEquals(execution, s_clean)) return new(synchronization, null);
        ExecutionContext.Restore(s_clean!);
        return new(synchronization, execution);
    }

    public void Dispose()
    {
        if (_execution is not null) ExecutionContext.Restore(_execution);
        if (_synchronization is not null) SynchronizationContext.SetSynchronizationContext(_synchronization);
    }

    private static ExecutionContext? CaptureClean()
    {
        ExecutionContext? clean = null;
        var thread = new Thread(() => clean = ExecutionContext.Capture());
        thread.UnsafeStart();
        thread.Join();
        return clean;
    }
}
