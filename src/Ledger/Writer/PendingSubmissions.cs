using System.Diagnostics.CodeAnalysis;

namespace BudgetEngine.Ledger.Writer;

/// <summary>What waits for the next commit: single posts before large bodies. Bounded by <see cref="LedgerWriterOptions.MaxPending"/> records.</summary>
internal sealed class PendingSubmissions(int maxPending)
{
    private readonly Lock _lock = new();
    private readonly Queue<Submission> _singles = new();
    private readonly Queue<Submission> _bulk = new();
    private TaskCompletionSource _arrived = NewSignal();
    private int _records;
    private bool _closed;

    public int Records => Volatile.Read(ref _records);

    public bool IsClosed
    {
        get
        {
            lock (_lock) return _closed;
        }
    }

    public SubmitStatus Add(Submission submission)
    {
        lock (_lock)
        {
            if (_closed) return SubmitStatus.Stopping;
            // Changes of holds are few and free budget: they are never turned away for load.
            if (submission.Hold is null && _records + submission.Weight > maxPending) return SubmitStatus.Overloaded;
            (submission.Bulk ? _bulk : _singles).Enqueue(submission);
            _records += submission.Weight;
            _arrived.TrySetResult();
            return SubmitStatus.Accepted;
        }
    }

    /// <summary>Takes a submission back that has not been sent yet.</summary>
    public bool TryWithdraw(Submission submission)
    {
        lock (_lock)
        {
            if (submission.State != SubmissionState.Queued) return false;
            submission.State = SubmissionState.Withdrawn;
            _records -= submission.Weight;
            return true;
        }
    }

    /// <summary>Completes when there is something to take, or the queue is closed.</summary>
    public Task WaitAsync()
    {
        lock (_lock)
        {
            if (_closed || _singles.Count + _bulk.Count > 0) return Task.CompletedTask;
            if (_arrived.Task.IsCompleted) _arrived = NewSignal();
            return _arrived.Task;
        }
    }

    /// <summary>Takes up to <paramref name="maxRecords"/> records, at least one submission; false when there is none.</summary>
    public bool TryTake(int maxRecords, [NotNullWhen(true)] out List<Submission>? taken)
    {
        taken = null;
        lock (_lock)
        {
            var records = 0;
            while (Next(maxRecords - records, first: taken is null) is { } submission)
            {
                if (submission.State == SubmissionState.Withdrawn) continue;
                submission.State = SubmissionState.Sent;
                _records -= submission.Weight;
                records += submission.Weight;
                (taken ??= []).Add(submission);
            }
        }

        return taken is not null;
    }

    public void Close()
    {
        lock (_lock)
        {
            _closed = true;
            _arrived.TrySetResult();
        }
    }

    private Submission? Next(int room, bool first)
    {
        var queue = _singles.Count > 0 ? _singles : _bulk;
        return queue.TryPeek(out var next) && (first || next.Weight <= room) ? queue.Dequeue() : null;
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
