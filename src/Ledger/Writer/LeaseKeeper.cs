using BudgetEngine.Ledger.Fence;
using Microsoft.Extensions.Logging;

namespace BudgetEngine.Ledger.Writer;

/// <summary>
/// Renews this process's lease every second: the proof that the ledger can be written, without which nothing is granted (fence). The answer names nodes that
/// another process has taken over; they are dropped before the renewed lease counts.
/// </summary>
public sealed partial class LeaseKeeper(
    ILedgerLeases store, LedgerHealth health, NodeFence fence, LedgerWriterOptions options, TimeProvider clock, ILogger<LeaseKeeper> logger)
{
    private readonly CancellationTokenSource _stopping = new();
    private Task _loop = Task.CompletedTask;
    private IReadOnlyList<NodeEpoch> _dropped = [];
    private string? _process;
    private long _epoch;
    private long _renewals;
    private long? _born;
    private bool _failing;
    private long _takenOver;

    /// <summary>Cost centers that other processes took over from this one since it started.</summary>
    public long TakenOver => Volatile.Read(ref _takenOver);

    /// <summary>Renews once, so that the first check can be answered, and goes on in the background on the caller's task scheduler.</summary>
    /// <param name="process">Names this start of this process: no other start ever has this name.</param>
    public async Task StartAsync(string process, long epoch)
    {
        (_process, _epoch) = (process, epoch);
        await RenewAsync();
        _loop = Task.Factory.StartNew(RunAsync, CancellationToken.None, TaskCreationOptions.DenyChildAttach, TaskScheduler.Current).Unwrap();
    }

    /// <summary>Renews once, now. Never fails: without an answer the lease runs out by itself.</summary>
    public async Task RenewAsync()
    {
        try
        {
            // Named in full: there may be more, and the lease does not count before they are known.
            while (!await TryRenewAsync())
            {
            }

            if (_failing) LogRecovered();
            _failing = false;
        }
        catch (Exception failed) when (failed is not OperationCanceledException || !_stopping.IsCancellationRequested)
        {
            // A cancellation that nobody asked for is a failure like any other: without a next renewal this process would never grant again.
            health.WriteFailed();
            if (!_failing) LogFailing(options.OutageGrace, failed);
            _failing = true;
        }
    }

    /// <summary>Grants nothing from here on, and ends the lease: the next process need not wait for any node of this one.</summary>
    public async Task StopAsync()
    {
        await _stopping.CancelAsync();
        await _loop;
        health.Ended();
        if (_process is null) return;
        try
        {
            await store.EndLeaseAsync(_process, CancellationToken.None);
        }
        catch (Exception failed) when (failed is LedgerUnavailableException or LedgerContentionException)
        {
            LogNotEnded(options.OutageGrace, failed);
        }
    }

    private async Task RunAsync()
    {
        using var timer = new PeriodicTimer(options.LeaseInterval, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(_stopping.Token)) await RenewAsync();
        }
        catch (OperationCanceledException)
        {
            // Stopped.
        }
    }

    /// <summary>One renewal. What it names is dropped, and told to the ledger with the next: a lost answer is given again.</summary>
    private async Task<bool> TryRenewAsync()
    {
        var sentAt = clock.GetTimestamp();
        var answer = await store.RenewLeaseAsync(new LeaseRenewal(_process!, _epoch, ++_renewals, options.OutageGrace, _dropped), _stopping.Token);
        if (answer.Born != _born)
        {
            // The first answer, when nothing is held yet; or this process was silent for so long that it was forgotten.
            fence.DropAll();
            _born = answer.Born;
        }

        fence.Drop(answer.TakenOver);
        Interlocked.Add(ref _takenOver, answer.TakenOver.Count);
        if (answer.TakenOver.Count > 0) LogTakenOver(answer.TakenOver.Count);
        _dropped = answer.TakenOver;
        if (answer.TakenOver.Count >= LeaseAnswer.MaxNamed) return false;
        health.Renewed(sentAt);
        return true;
    }

    [LoggerMessage(1020, LogLevel.Error, "The ledger cannot be written. Checks go on from memory for {Grace}, then hard budgets deny.")]
    private partial void LogFailing(TimeSpan grace, Exception exception);

    [LoggerMessage(1021, LogLevel.Information, "The ledger can be written again.")]
    private partial void LogRecovered();

    [LoggerMessage(1022, LogLevel.Warning, "Another process has taken over {Nodes} cost centers of this one; they are dropped.")]
    private partial void LogTakenOver(int nodes);

    [LoggerMessage(1023, LogLevel.Warning, "The lease could not be ended. Who takes over cost centers of this process waits up to {Grace}.")]
    private partial void LogNotEnded(TimeSpan grace, Exception exception);
}
