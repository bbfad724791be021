using System.Diagnostics.CodeAnalysis;
using BudgetEngine.Ledger.Records;

namespace BudgetEngine.Ledger.Writer;

/// <summary>One transaction's worth of submissions. Halving works on single records, so a submission may be spread over several.</summary>
internal sealed class BatchInFlight
{
    private readonly Guid _id;
    private readonly List<(Submission Submission, int Index)> _records;
    private readonly List<Submission> _holds;

    public BatchInFlight(Guid id, List<Submission> submissions)
    {
        _id = id;
        _records = new List<(Submission, int)>(submissions.Sum(s => s.Records.Count));
        _holds = [];
        foreach (var submission in submissions)
        {
            for (var i = 0; i < submission.Records.Count; i++) _records.Add((submission, i));
            if (submission.Hold is not null) _holds.Add(submission);
        }
    }

    private BatchInFlight(Guid id, List<(Submission, int)> records, List<Submission> holds) => (_id, _records, _holds) = (id, records, holds);

    public int RecordCount => _records.Count;

    public LedgerBatch ToLedgerBatch()
    {
        var entries = new RecordEntry[_records.Count];
        for (var i = 0; i < entries.Length; i++) entries[i] = _records[i].Submission.Records[_records[i].Index].Entry;
        var holds = new HoldChange[_holds.Count];
        for (var i = 0; i < holds.Length; i++) holds[i] = _holds[i].Hold!;
        return new LedgerBatch(_id, entries, holds);
    }

    /// <summary>Hands out the outcome: tells the nodes, then completes the waiting calls.</summary>
    public void Complete(BatchResult result, CommitNotifier notifier)
    {
        var updates = new BatchUpdates(result);
        for (var i = 0; i < _records.Count; i++)
        {
            var (submission, index) = _records[i];
            submission.Results[index] = result.Records[i];
            updates.Add(submission, submission.Records[index], result.Records[i].Outcome);
            if (i == 0 || _records[i - 1].Submission != submission) submission.Balances = updates.BalancesOf(submission.Submitter, submission.Balances);
        }

        for (var i = 0; i < _holds.Count; i++) _holds[i].HoldOutcome = result.Holds[i];
        updates.Send(notifier);
        Acknowledge();
    }

    /// <summary>False when it is a single record or change already.</summary>
    public bool TrySplit(Func<Guid> newId, [NotNullWhen(true)] out BatchInFlight? first, [NotNullWhen(true)] out BatchInFlight? second)
    {
        first = second = null;
        if (_records.Count + _holds.Count <= 1) return false;
        // Holds go with the first half until it has no records left to give.
        var half = _records.Count > 1 ? _records.Count / 2 : 0;
        var halfHolds = _records.Count > 0 ? _holds.Count : _holds.Count / 2;
        first = new BatchInFlight(newId(), _records[..half], _holds[..halfHolds]);
        second = new BatchInFlight(newId(), _records[half..], _holds[halfHolds..]);
        return true;
    }

    /// <summary>The ledger refused this one record or change.</summary>
    public void Refuse()
    {
        foreach (var (submission, index) in _records) submission.Results[index] = new RecordResult(RecordOutcome.NotStorable, default, default);
        foreach (var submission in _holds) submission.HoldOutcome = HoldOutcome.Unavailable;
        Acknowledge();
    }

    private void Acknowledge()
    {
        foreach (var (submission, _) in _records) submission.CompleteOne();
        foreach (var submission in _holds) submission.CompleteOne();
    }
}
