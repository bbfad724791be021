namespace BudgetEngine.Api.Usage;

/// <summary>
/// Turns in which large bodies bring cost centers into memory. All callers share them: each body had some of its own once, and four bodies of thousands of new cost centers kept
/// everybody's checks waiting for 50 ms.
/// </summary>
internal sealed class ColdTurns(TimeProvider clock)
{
    /// <summary>Cost centers that come into memory at the same time. With four as many come in a second as with 32; with two, a third less.</summary>
    public const int MaxAtOnce = 4;

    /// <summary>Whoever has waited so long goes on without a turn: those that have one do not come into memory, and waiting for the time-out of each would help nobody.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private readonly LinkedList<TaskCompletionSource> _waiting = [];
    private int _free = MaxAtOnce;

    /// <returns>Whether the cost center was reached. False where there was no turn, however it went.</returns>
    public async Task<bool> RunAsync(Func<Task<bool>> bring)
    {
        if (!await TryTakeAsync())
        {
            await bring();
            return false;
        }

        try
        {
            return await bring();
        }
        finally
        {
            Leave();
        }
    }

    private async Task<bool> TryTakeAsync()
    {
        TaskCompletionSource turn;
        lock (_lock)
        {
            if (_free > 0)
            {
                _free--;
                return true;
            }

            _waiting.AddLast(turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        }

        try
        {
            await AwaitAsync(turn.Task).WaitAsync(Patience, clock);
            return true;
        }
        catch (TimeoutException)
        {
            // Nobody waits for it any more. If it has just been given, it is kept.
            lock (_lock) return !_waiting.Remove(turn);
        }
    }

    /// <summary>The longest waiting has the turn next.</summary>
    private void Leave()
    {
        lock (_lock)
        {
            if (_waiting.First is { } next)
            {
                _waiting.Remove(next);
                next.Value.SetResult();
            }
            else
            {
                _free++;
            }
        }
    }

    // WaitAsync on the source itself would complete on a pool thread, outside of the simulated schedule.
    private static async Task AwaitAsync(Task turn) => await turn;
}
