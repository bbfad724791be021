namespace BudgetEngine.Ledger.Writer;

/// <summary>The pauses before something that must succeed in the end is tried again: each twice as long as the one before, up to the longest.</summary>
public sealed class Backoff(LedgerWriterOptions options, TimeProvider clock)
{
    private TimeSpan _next = options.RetryAfter;

    public Task WaitAsync()
    {
        var pause = _next;
        _next = pause * 2 < options.RetryAtMost ? pause * 2 : options.RetryAtMost;
        return Task.Delay(pause, clock);
    }
}
