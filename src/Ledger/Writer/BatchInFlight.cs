using System.Diagnostics.CodeAnalysis;

namespace BudgetEngine.Ledger;

/// <summary>One transaction's worth of submissions. Halving works on single records, so a submission may be spread over several.</summary>
internal sealed class BatchInFlight
{
    private readonly Guid _id;
    private readonly List<(Submission Submission, int Index)> _records;
    private readonly List<Submission> _holds;
    private readonly Dictionary<Submission, int> _waiting;
    private readonly TaskCompletionSource _lastStep = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public BatchInFlight(Guid id, List<Submission> submissions)
    {
        _id = id;
        _records = new List<(Submission, int)>(submissions.Sum(s => s.Records.Count));
        _holds = [];
        _waiting = new Dictionary<Submission, int>(submissions.Count);
        foreach (var submission in submissions)
        {
            for (var i = 0; i < submission.Records.Count; i++) _records.Add((submission, i));
            if (submission.Hold is not null) _holds.Add(submission);
            _waiting.Add(submission, submission.Records.Count + (submission.Hold is null ? 0 : 1));
        }
    }

    private BatchInFlight(Guid id, List<(Submission, int)> records, List<Submission> holds, Dictionary<Submission, int> waiting) =>
        (_id, _records, _holds, _waiting) = (id, records, holds, waiting);

    public int RecordCount => _records.Count;

    /// <summary>Completes when this batch is over but for its commit, or over.</summary>
    public Task LastStep => _lastStep.Task;

    public LedgerBatch ToLedgerBatch()
    {
        var entries = new RecordEntry[_records.Count];
        for (var i = 0; i < entries.Length; i++) entries[i] = _records[i].Submission.Records[_records[i].Index].Entry;
        var holds = new HoldChange[_holds.Count];
        for (var i = 0; i < holds.Length; i++) holds[i] = _holds[i].Hold!;
        return new LedgerBatch(_id, entries, holds) { LastStepBegun = BeginLastStep };
    }

    public void BeginLastStep() => _lastStep.TrySetResult();

    /// <summary>Hands out the outcome: tells the nodes, then completes the waiting calls.</summary>
    public void Complete(BatchResult result, NodeTells tells)
    {
        var spread = new BatchNews(result);
        for (var i = 0; i < _records.Count; i++)
        {
            var (submission, index) = _records[i];
            submission.Results[index] = result.Records[i];
            spread.Add(submission, submission.Records[index], result.Records[i].Outcome);
        }

        var told = spread.Send(tells);
        for (var i = 0; i < _holds.Count; i++) _holds[i].HoldOutcome = result.Holds[i];
        for (var i = 0; i < _records.Count; i++)
        {
            var submission = _records[i].Submission;
            if (i > 0 && _records[i - 1].Submission == submission) continue;
            submission.Balances = spread.BalancesOf(submission.Submitter, submission.Balances);
            submission.Told = told.Join(submission);
        }

        foreach (var (submission, _) in _records) Done(submission);
        foreach (var submission in _holds) Done(submission);
    }

    /// <summary>False when it is a single record or change already.</summary>
    public bool TrySplit(Func<Guid> newId, [NotNullWhen(true)] out BatchInFlight? first, [NotNullWhen(true)] out BatchInFlight? second)
    {
        first = second = null;
        if (_records.Count + _holds.Count <= 1) return false;
        // Holds go with the first half until it has no records left to give.
        var half = _records.Count > 1 ? _records.Count / 2 : 0;
        var halfHolds = _records.Count > 0 ? _holds.Count : _holds.Count / 2;
        first = new BatchInFlight(newId(), _records[..half], _holds[..halfHolds], _waiting);
        second = new BatchInFlight(newId(), _records[half..], _holds[halfHolds..], _waiting);
        return true;
    }

    /// <summary>The ledger refused this one record or change.</summary>
    public void Refuse()
    {
        foreach (var (submission, index) in _records)
        {
            submission.Results[index] = new RecordResult(RecordOutcome.NotStorable, default, default);
            Done(submission);
        }

        foreach (var submission in _holds)
        {
            submission.HoldOutcome = HoldOutcome.Unavailable;
            Done(submission);
        }
    }

    private void Done(Submission submission)
    {
        if (--_waiting[submission] == 0) submission.Complete();
    }
}
