namespace BudgetEngine.Gateway.Forwarding;

/// <summary>The calls under way, so that a stop can wait for them: they are settled over this very process.</summary>
internal sealed class CallsInFlight : IDisposable
{
    private static readonly TimeSpan AfterBreak = TimeSpan.FromSeconds(5);

    private readonly Lock _sync = new();
    private readonly TaskCompletionSource _empty = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _break = new();
    private int _count;
    private bool _draining;

    /// <summary>Cancelled when the wait for calls is over.</summary>
    public CancellationToken Broken => _break.Token;

    /// <summary>False once the process is stopping.</summary>
    public bool TryEnter()
    {
        lock (_sync)
        {
            if (_draining) return false;
            _count++;
            return true;
        }
    }

    public void Leave()
    {
        lock (_sync)
        {
            if (--_count == 0 && _draining) _empty.TrySetResult();
        }
    }

    /// <summary>Lets no further call in, waits, and breaks off what has not ended then.</summary>
    public async Task DrainAsync(TimeSpan within, TimeProvider clock)
    {
        lock (_sync)
        {
            _draining = true;
            if (_count == 0) _empty.TrySetResult();
        }

        if (await IsEmptyAsync(within, clock)) return;
        await _break.CancelAsync();
        // What is broken off still has to say what it cost.
        await IsEmptyAsync(AfterBreak, clock);
    }

    public void Dispose() => _break.Dispose();

    private async Task<bool> IsEmptyAsync(TimeSpan within, TimeProvider clock)
    {
        try
        {
            await _empty.Task.WaitAsync(within, clock);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }
}
