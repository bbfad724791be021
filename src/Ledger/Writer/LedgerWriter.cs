using BudgetEngine.Ledger.Records;
using Microsoft.Extensions.Logging;

namespace BudgetEngine.Ledger.Writer;

/// <summary>
/// The one writer of a process: gathers what all its grains submit and commits many records in one transaction. While one batch commits the next gathers,
/// so the batch size adapts by itself. It never waits for a notification before it takes the next batch.
/// </summary>
public sealed partial class LedgerWriter(
    ILedgerRecords store, CommitNotifier notifier, LedgerHealth health, LedgerWriterOptions options, TimeProvider clock, Func<Guid> newBatchId, ILogger<LedgerWriter> logger)
{
    /// <summary>Refused records are logged so often at most: whoever sends them by the thousand fills no disk.</summary>
    public static readonly TimeSpan LogRefusedEvery = TimeSpan.FromMinutes(1);

    private readonly PendingSubmissions _pending = new(options.MaxPending);

    // Parts of batches that the ledger refused for their data. Between two of them whatever else waits has its turn, or one sender of such records would keep all others waiting.
    private readonly Stack<BatchInFlight> _suspects = new();
    private long? _loggedRefusedAt;
    private long _refusedSinceLogged;
    private Task _loop = Task.CompletedTask;

    /// <summary>Records that wait for a commit now.</summary>
    public int PendingRecords => _pending.Records;

    /// <summary>Starts the loop on the caller's task scheduler. Before the silo starts.</summary>
    public void Start() => _loop = Task.Factory.StartNew(RunAsync, CancellationToken.None, TaskCreationOptions.DenyChildAttach, TaskScheduler.Current).Unwrap();

    /// <summary>Takes nothing more and waits until what is pending has been committed. After the silo has stopped.</summary>
    public async Task StopAsync()
    {
        _pending.Close();
        await Task.WhenAny(_loop, Task.Delay(options.DrainWithin, clock));
        if (!_loop.IsCompleted) LogNotDrained(_pending.Records);
    }

    public SubmitStatus Submit(Submission submission) => _pending.Add(submission);

    /// <summary>True when it had not been sent: it has no effect and never will. False: the outcome is still to come.</summary>
    public bool TryWithdraw(Submission submission) => _pending.TryWithdraw(submission);

    private async Task RunAsync()
    {
        while (true)
        {
            if (_suspects.Count == 0) await _pending.WaitAsync();
            if (_pending.TryTake(options.MaxBatch, out var submissions)) await CommitAsync(new BatchInFlight(newBatchId(), submissions));
            else if (_suspects.Count == 0 && _pending.IsClosed) return;
            if (_suspects.TryPop(out var suspect)) await CommitAsync(suspect);
        }
    }

    /// <summary>Commits a batch for good: repeats it until its outcome is known. Where its data is refused, its halves wait for their turn.</summary>
    private async Task CommitAsync(BatchInFlight batch)
    {
        var backoff = new Backoff(options, clock);
        while (true)
        {
            try
            {
                var result = await store.CommitAsync(batch.ToLedgerBatch(), CancellationToken.None);
                health.WriteSucceeded();
                batch.Complete(result, notifier);
                return;
            }
            catch (LedgerContentionException)
            {
                // Had no effect; the same batch goes again at once.
            }
            catch (LedgerDataException refused)
            {
                // The transaction was rolled back for its data, so its outcome is known and the halves may have ids of their own.
                Halve(batch, refused);
                return;
            }
            catch (Exception outage)
            {
                // The outcome is unknown. The same batch, with the same id, goes again before any other.
                health.WriteFailed();
                LogOutage(batch.RecordCount, outage);
                await backoff.WaitAsync();
            }
        }
    }

    private void Halve(BatchInFlight batch, LedgerDataException refused)
    {
        if (batch.TrySplit(newBatchId, out var first, out var second))
        {
            _suspects.Push(second);
            _suspects.Push(first);
            return;
        }

        _refusedSinceLogged++;
        if (_loggedRefusedAt is not { } logged || clock.GetElapsedTime(logged) >= LogRefusedEvery)
        {
            LogNotStorable(_refusedSinceLogged, refused);
            (_loggedRefusedAt, _refusedSinceLogged) = (clock.GetTimestamp(), 0);
        }

        batch.Refuse();
    }

    [LoggerMessage(1001, LogLevel.Error, "The ledger cannot be written; {Records} records wait and are sent again until it can.")]
    private partial void LogOutage(int records, Exception exception);

    [LoggerMessage(1002, LogLevel.Warning, "The ledger refused records for their data, {Records} since this was last logged; they are answered not_storable.")]
    private partial void LogNotStorable(long records, Exception exception);

    [LoggerMessage(1003, LogLevel.Error, "Stopped with {Records} records that could not be committed; none of them was acknowledged.")]
    private partial void LogNotDrained(int records);
}
