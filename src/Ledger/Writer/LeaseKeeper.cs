using Microsoft.Extensions.Logging;

namespace BudgetEngine.Ledger;

/// <summary>Renews this process's lease every second: the proof that the ledger can be written, without which nothing is granted (fence).</summary>
public sealed partial class LeaseKeeper(ILedgerNodes store, LedgerHealth health, LedgerWriterOptions options, TimeProvider clock, string process, ILogger<LeaseKeeper> logger)
{
    private readonly CancellationTokenSource _stopping = new();
    private Task _loop = Task.CompletedTask;
    private bool _failing;

    /// <summary>Renews once, so that the first check can be answered, and goes on in the background on the caller's task scheduler.</summary>
    public async Task StartAsync(long epoch)
    {
        await RenewAsync(epoch);
        _loop = Task.Factory.StartNew(() => RunAsync(epoch), CancellationToken.None, TaskCreationOptions.DenyChildAttach, TaskScheduler.Current).Unwrap();
    }

    public async Task StopAsync()
    {
        await _stopping.CancelAsync();
        await _loop;
    }

    private async Task RunAsync(long epoch)
    {
        using var timer = new PeriodicTimer(options.LeaseInterval, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(_stopping.Token)) await RenewAsync(epoch);
        }
        catch (OperationCanceledException)
        {
            // Stopped.
        }
    }

    private async Task RenewAsync(long epoch)
    {
        var sentAt = clock.GetTimestamp();
        try
        {
            await store.RenewLeaseAsync(process, epoch, _stopping.Token);
            health.Renewed(sentAt);
            if (_failing) LogRecovered();
            _failing = false;
        }
        catch (Exception failed) when (failed is not OperationCanceledException)
        {
            health.WriteFailed();
            if (!_failing) LogFailing(options.OutageGrace, failed);
            _failing = true;
        }
    }

    [LoggerMessage(1020, LogLevel.Error, "The ledger cannot be written. Checks go on from memory for {Grace}, then hard budgets deny.")]
    private partial void LogFailing(TimeSpan grace, Exception exception);

    [LoggerMessage(1021, LogLevel.Information, "The ledger can be written again.")]
    private partial void LogRecovered();
}
