using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using BudgetEngine.Ledger.Records;

namespace BudgetEngine.Ledger.Writer;

/// <summary>One transaction's worth of submissions. Halving works on single records, so a submission may be spread over several.</summary>
internal sealed class BatchInFlight
{
    private readonly Guid _id;
    private readonly List<(Submission Submission, int Index)> _records;
    private readonly List<Submission> _holds = [];

    public BatchInFlight(Guid id, List<Submission> submissions)
    {
        _id = id;
        _records = new List<(Submission, int)>(submissions.Sum(s => s.Records.Count));
        Join(submissions);
    }

    private BatchInFlight(Guid id, List<(Submission, int)> records, List<Submission> holds) => (_id, _records, _holds) = (id, records, holds);

    public int RecordCount => _records.Count;

    /// <summary>The spans that wait for it.</summary>
    public IEnumerable<Activity?> Traces => _records.Select(r => r.Submission.Trace).Concat(_holds.Select(h => h.Trace));

    /// <summary>Takes more into the same batch, behind what it has. Its id stays, so what an earlier sending has stored is known as its own.</summary>
    public void Join(List<Submission> submissions)
    {
        foreach (var submission in submissions)
        {
            for (var i = 0; i < submission.Records.Count; i++) _records.Add((submission, i));
            if (submission.Hold is not null) _holds.Add(submission);
        }
    }

    /// <summary>Has from now on only what these parts of it have: the rest is done.</summary>
    public void Keep(IEnumerable<BatchInFlight> parts)
    {
        var left = parts.ToList();
        _records.Clear();
        _holds.Clear();
        foreach (var part in left)
        {
            _records.AddRange(part._records);
            _holds.AddRange(part._holds);
        }
    }

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
            updates.Add(submission, submission.Records[index], result.Records[i]);
            if (i == 0 || _records[i - 1].Submission != submission) submission.Balances = updates.BalancesOf(submission.Submitter, submission.Balances);
        }

        for (var i = 0; i < _holds.Count; i++) _holds[i].HoldOutcome = result.Holds[i];
        updates.Send(notifier);
        Acknowledge();
    }

    /// <summary>False when it is a single record or change already. For a batch that certainly had no effect: the halves have ids of their own.</summary>
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

    /// <summary>
    /// The same for a batch that may have had an effect. Both halves keep its id, or what it has stored would be answered as another's; so records with the same request id stay in
    /// one half, where the first of them wins. False when there is nothing that could be taken apart.
    /// </summary>
    public bool TrySplitInDoubt([NotNullWhen(true)] out BatchInFlight? first, [NotNullWhen(true)] out BatchInFlight? second)
    {
        first = second = null;
        var ids = _records.Select(RequestOf).Distinct().ToList();
        if (ids.Count + _holds.Count <= 1) return false;
        var half = ids.Count > 1 ? ids[..(ids.Count / 2)].ToHashSet() : [];
        var halfHolds = ids.Count > 0 ? _holds.Count : _holds.Count / 2;
        first = new BatchInFlight(_id, _records.FindAll(r => half.Contains(RequestOf(r))), _holds[..halfHolds]);
        second = new BatchInFlight(_id, _records.FindAll(r => !half.Contains(RequestOf(r))), _holds[halfHolds..]);
        return true;

        static RequestKey RequestOf((Submission Submission, int Index) record)
        {
            var row = record.Submission.Records[record.Index].Entry.Row;
            return new RequestKey(row.Tenant, row.RequestId);
        }
    }

    /// <summary>The ledger refused what is left of a batch, or it was given up.</summary>
    /// <param name="outcome"><see cref="RecordOutcome.NotStorable"/>, or <see cref="RecordOutcome.Unavailable"/> where it may have had an effect.</param>
    public void Refuse(RecordOutcome outcome)
    {
        foreach (var (submission, index) in _records) submission.Results[index] = new RecordResult(outcome, default, default);
        foreach (var submission in _holds) submission.HoldOutcome = HoldOutcome.Unavailable;
        Acknowledge();
    }

    private void Acknowledge()
    {
        foreach (var (submission, _) in _records) submission.CompleteOne();
        foreach (var submission in _holds) submission.CompleteOne();
    }
}
