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

    private readonly SemaphoreSlim _free = new(MaxAtOnce);

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
            _free.Release();
        }
    }

    private async Task<bool> TryTakeAsync()
    {
        if (_free.Wait(0)) return true;
        using var patience = new CancellationTokenSource(Patience, clock);
        try
        {
            await _free.WaitAsync(patience.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
