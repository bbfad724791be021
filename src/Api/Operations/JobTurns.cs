namespace BudgetEngine.Api.Operations;

/// <summary>Jobs of the ledger that this process works on side by side, each for a while at a time: one that takes long, or cannot go on, keeps no other waiting.</summary>
/// <param name="note">Told of what ends a turn early. The job is taken up again.</param>
internal sealed class JobTurns(TimeProvider clock, Action<Exception> note)
{
    /// <summary>Jobs that are worked on at once: each may be reading much.</summary>
    public const int MaxAtOnce = 4;

    /// <summary>After this a job makes room for others that wait.</summary>
    public static readonly TimeSpan Turn = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Task> _running = new(StringComparer.Ordinal);

    /// <summary>The jobs whose turn it is.</summary>
    public IReadOnlyCollection<string> Running
    {
        get
        {
            lock (_lock) return [.. _running.Keys];
        }
    }

    /// <summary>Begins a job's turn: one step after the other until one says that it was the last.</summary>
    public void Begin(string id, Func<Task<bool>> step)
    {
        lock (_lock) _running.Add(id, RunAsync(id, step));
    }

    /// <summary>When every turn that has begun is over.</summary>
    public Task EndAsync()
    {
        lock (_lock) return Task.WhenAll(_running.Values);
    }

    private async Task RunAsync(string id, Func<Task<bool>> step)
    {
        // It must be among the running before it can end.
        await Task.Yield();
        var startedAt = clock.GetTimestamp();
        try
        {
            while (await step() && clock.GetElapsedTime(startedAt) < Turn)
            {
                // The next one.
            }
        }
        catch (Exception fault)
        {
            // Safe: what was not saved is done again. Stopped, it is open, and is gone on with by whoever takes it.
            if (fault is not OperationCanceledException) note(fault);
        }
        finally
        {
            lock (_lock) _running.Remove(id);
        }
    }
}
