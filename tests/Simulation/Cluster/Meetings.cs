namespace BudgetEngine.Simulation.Cluster;

/// <summary>
/// Lets the death of a process meet a command. Commands take next to no time where nothing is slow: at an instant of its own a death would hardly ever meet one.
/// </summary>
internal sealed class Meetings
{
    private TaskCompletionSource<EngineProcess>? _busy;
    private TaskCompletionSource<EngineProcess>? _committed;
    private TaskCompletionSource<EngineProcess>? _moved;

    /// <summary>Completes at the next step of a node that has a command under way on a reservation.</summary>
    public Task<EngineProcess> WhenBusyAsync() => Next(ref _busy);

    /// <summary>Completes when the store has committed the next batch of records, and its process does not know yet.</summary>
    public Task<EngineProcess> WhenCommittedAsync() => Next(ref _committed);

    /// <summary>Completes when a step of a move is in the ledger, and its process does not know yet.</summary>
    public Task<EngineProcess> WhenMovedAsync() => Next(ref _moved);

    public void Busy(EngineProcess process) => _busy?.TrySetResult(process);

    public void Committed(EngineProcess process) => _committed?.TrySetResult(process);

    public void Moved(EngineProcess process) => _moved?.TrySetResult(process);

    private static Task<EngineProcess> Next(ref TaskCompletionSource<EngineProcess>? next) => (next is { Task.IsCompleted: false } ? next : next = new()).Task;
}
