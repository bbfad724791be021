using System.Diagnostics;
using BudgetEngine.Domain.Tracing;
using BudgetEngine.Ledger.Records;

namespace BudgetEngine.Ledger.Writer;

/// <summary>Records, or one change of a durable hold, that a grain hands to the writer, and the answer that it waits for.</summary>
/// <param name="submitter">The cost center whose grain waits: it applies the outcome itself and is not told.</param>
public sealed class Submission(string submitter, IReadOnlyList<SubmittedRecord> records, HoldChange? hold, bool bulk)
{
    private readonly TaskCompletionSource _committed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _open = records.Count + (hold is null ? 0 : 1);
    private bool _tellsSubmitter;

    public string Submitter { get; } = submitter;

    public IReadOnlyList<SubmittedRecord> Records { get; } = records;

    public HoldChange? Hold { get; } = hold;

    /// <summary>From a large body: yields to single posts.</summary>
    public bool Bulk { get; } = bulk;

    /// <summary>Completes with the outcome of everything in it; never fails.</summary>
    public Task Committed => _committed.Task;

    /// <summary>One per record; valid after <see cref="Committed"/>.</summary>
    public RecordResult[] Results { get; } = new RecordResult[records.Count];

    public HoldOutcome HoldOutcome { get; internal set; }

    /// <summary>The submitter waits no longer for the outcome, and may have left memory when it comes: it is told like any other node.</summary>
    public bool NotifiesSubmitter
    {
        get => Volatile.Read(ref _tellsSubmitter);
        set => Volatile.Write(ref _tellsSubmitter, value);
    }

    /// <summary>The submitter's own balances, of the dates that this touched.</summary>
    public IReadOnlyList<DateBalances> Balances { get; internal set; } = [];

    /// <summary>Completes when the other nodes of the records have been told, or could not be reached in time.</summary>
    public Task Notified { get; internal set; } = Task.CompletedTask;

    /// <summary>The span in which it was submitted; null: not recorded.</summary>
    internal Activity? Trace { get; } = EngineTrace.Current;

    internal SubmissionState State { get; set; }

    internal int Weight => Math.Max(1, Records.Count);

    /// <summary>The outcome of one of its records, or of its change of a hold, is known.</summary>
    internal void CompleteOne()
    {
        if (--_open == 0) _committed.TrySetResult();
    }
}

/// <summary>A record on its way to the ledger.</summary>
/// <param name="Update">What becomes of the reservation's hold at every node of its owner's path, if this is recorded (see <see cref="HoldUpdate.IsOpen"/>); null: nothing.</param>
public sealed record SubmittedRecord(RecordEntry Entry, HoldUpdate? Update);

internal enum SubmissionState : byte
{
    Queued,
    Sent,
    Withdrawn,
}

/// <summary>Whether the writer takes a submission.</summary>
public enum SubmitStatus : byte
{
    Accepted,

    /// <summary><c>MaxPending</c> is reached.</summary>
    Overloaded,

    /// <summary>The process is stopping.</summary>
    Stopping,
}
