using BudgetEngine.Domain.Faults;
using BudgetEngine.Domain.Tracing;
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

    /// <summary>So often a batch is sent as it is, about 5 s with the pauses between: an outage that ends by itself mostly has ended by then.</summary>
    public const int TriesBeforeHalving = 8;

    /// <summary>The same for a part of a batch that is suspected.</summary>
    private const int TriesOfAPart = 3;

    /// <summary>The same for an exception that no outage makes, which seldom goes away by itself.</summary>
    private const int TriesOfABug = 3;

    private readonly PendingSubmissions _pending = new(options.MaxPending);

    // Parts of batches that the ledger refused for their data. Between two of them whatever else waits has its turn, or one sender of such records would keep all others waiting.
    private readonly Stack<BatchInFlight> _suspects = new();
    private int _suspectedRecords;
    private long? _loggedRefusedAt;
    private long _refusedSinceLogged;
    private Task _loop = Task.CompletedTask;
    private long _givenUp;

    /// <summary>Records that wait for a commit now, those of refused batches included.</summary>
    public int PendingRecords => _pending.Records + Volatile.Read(ref _suspectedRecords);

    /// <summary>Records that were given up because they alone could not be committed.</summary>
    public long GivenUp => Volatile.Read(ref _givenUp);

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
            // As many as may wait at all: until some of them are done nothing more is taken, and who goes on sending is turned away where all are.
            var isFull = _suspectedRecords >= options.MaxPending;
            if (!isFull && _pending.TryTake(options.MaxBatch, out var submissions)) await CommitAsync(new BatchInFlight(newBatchId(), submissions), new Isolation());
            else if (_suspects.Count == 0 && _pending.IsClosed) return;
            if (!_suspects.TryPop(out var suspect)) continue;
            Volatile.Write(ref _suspectedRecords, _suspectedRecords - suspect.RecordCount);
            await CommitAsync(suspect, new Isolation());
        }
    }

    /// <summary>Commits a batch for good: repeats it until its outcome is known. Where its data is refused, its halves wait for their turn; where it fails by itself, it is taken apart.</summary>
    private async Task CommitAsync(BatchInFlight batch, Isolation isolation)
    {
        // What is told of the outcome is a part of it too.
        using var span = EngineTrace.BeginOfMany("budget.ledger.commit", batch.Traces);
        span?.SetTag("budget.records", batch.RecordCount);
        var backoff = new Backoff(options, clock);
        for (var failures = 0; ;)
        {
            var triedAt = clock.GetTimestamp();
            try
            {
                var result = await store.CommitAsync(batch.ToLedgerBatch(), CancellationToken.None);
                health.WriteSucceeded();
                isolation.HasCommitted = true;
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
                await HalveAsync(batch, refused, isolation);
                return;
            }
            catch (Exception fault)
            {
                // The outcome is unknown. The same batch, with the same id, goes again before any other, unless the batch itself seems to be what fails.
                if (fault is ExpectedException) health.WriteFailed();
                LogOutage(batch.RecordCount, fault);
                failures++;
                if (IsOfTheBatch(fault, failures, triedAt, isolation) && await TryIsolateAsync(batch, fault, isolation)) return;
                await backoff.WaitAsync();
            }
        }
    }

    private async Task HalveAsync(BatchInFlight batch, LedgerDataException refused, Isolation isolation)
    {
        if (!batch.TrySplit(newBatchId, out var first, out var second))
        {
            LogRefused(refused);
            batch.Refuse(RecordOutcome.NotStorable);
        }
        else if (isolation.HasBegun)
        {
            // What the rest of the batch has to wait for: whether any part of it can be committed.
            await CommitAsync(first, isolation);
            await CommitAsync(second, isolation);
        }
        else
        {
            _suspects.Push(second);
            _suspects.Push(first);
            Volatile.Write(ref _suspectedRecords, _suspectedRecords + batch.RecordCount);
        }
    }

    private void LogRefused(LedgerDataException refused)
    {
        _refusedSinceLogged++;
        if (_loggedRefusedAt is { } logged && clock.GetElapsedTime(logged) < LogRefusedEvery) return;
        LogNotStorable(_refusedSinceLogged, refused);
        (_loggedRefusedAt, _refusedSinceLogged) = (clock.GetTimestamp(), 0);
    }

    /// <summary>
    /// Whether a failure is the batch's own and not an outage: it has failed a few times with an exception that no outage makes, or <see cref="TriesBeforeHalving"/> times with one that
    /// an outage makes while the lease, which is a write too, goes on being renewed. Part of a batch of which that is known already is suspected sooner.
    /// </summary>
    private bool IsOfTheBatch(Exception fault, int failures, long triedAt, Isolation isolation)
    {
        var isBug = fault is not ExpectedException;
        if (failures < (isBug ? isolation.HasBegun ? 1 : TriesOfABug : isolation.HasBegun ? TriesOfAPart : TriesBeforeHalving)) return false;
        return isBug || health.WasRenewedSince(triedAt - (long)(options.LeaseInterval.TotalSeconds * clock.TimestampFrequency));
    }

    /// <summary>
    /// Finds the record that fails by halving, so that it does not keep everybody else waiting for ever. What waits meanwhile is taken into the batch: where another record can be
    /// committed, the ledger is not what fails, and the one that stands alone is given up. False: nothing is proved, and what is left goes again.
    /// </summary>
    private async Task<bool> TryIsolateAsync(BatchInFlight batch, Exception fault, Isolation isolation)
    {
        var isPart = isolation.HasBegun;
        if (!isPart && _pending.TryTake(options.MaxBatch, out var waiting)) batch.Join(waiting);
        if (!batch.TrySplitInDoubt(out var first, out var second))
        {
            if (fault is not ExpectedException) GiveUp(batch, fault, RecordOutcome.NotStorable);
            else if (isPart) isolation.Suspects.Add((batch, fault));
            else return false;
            return true;
        }

        isolation.HasBegun = true;
        await CommitAsync(first, isolation);
        await CommitAsync(second, isolation);
        return isPart || IsSettled(batch, isolation);
    }

    /// <summary>All parts of a batch have been tried. False: none could be committed, so it may be the ledger after all, and the batch is what is left of it.</summary>
    private bool IsSettled(BatchInFlight batch, Isolation isolation)
    {
        var suspects = isolation.Suspects.ToList();
        isolation.Suspects.Clear();
        isolation.HasBegun = false;
        if (suspects.Count > 0 && !isolation.HasCommitted)
        {
            batch.Keep(suspects.Select(s => s.Batch));
            return false;
        }

        foreach (var (suspect, fault) in suspects) GiveUp(suspect, fault, RecordOutcome.Unavailable);
        return true;
    }

    private void GiveUp(BatchInFlight batch, Exception fault, RecordOutcome outcome)
    {
        Interlocked.Add(ref _givenUp, batch.RecordCount);
        LogGivenUp(batch.RecordCount, fault);
        batch.Refuse(outcome);
    }

    [LoggerMessage(1001, LogLevel.Error, "The ledger cannot be written; {Records} records wait and are sent again until it can.")]
    private partial void LogOutage(int records, Exception exception);

    [LoggerMessage(1002, LogLevel.Warning, "The ledger refused records for their data, {Records} since this was last logged; they are answered not_storable.")]
    private partial void LogNotStorable(long records, Exception exception);

    [LoggerMessage(1004, LogLevel.Error, "The ledger takes other records, but not {Records} of a batch that has failed again and again; given up and answered so.")]
    private partial void LogGivenUp(int records, Exception exception);

    [LoggerMessage(1003, LogLevel.Error, "Stopped with {Records} records that could not be committed; none of them was acknowledged.")]
    private partial void LogNotDrained(int records);

    /// <summary>What is known of a batch while it is taken apart.</summary>
    private sealed class Isolation
    {
        public bool HasBegun { get; set; }

        /// <summary>Some part of it could be committed: the ledger takes records.</summary>
        public bool HasCommitted { get; set; }

        /// <summary>What stands alone and fails, with its last failure.</summary>
        public List<(BatchInFlight Batch, Exception Fault)> Suspects { get; } = [];
    }
}
