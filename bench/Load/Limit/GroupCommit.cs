using System.Collections.Concurrent;

namespace BudgetEngine.Load.Limit;

/// <summary>One thread that commits whatever has gathered while the batch before was committed, and then acknowledges all of it.</summary>
internal sealed class GroupCommit : IDisposable
{
    private readonly BlockingCollection<LimitRecord> _waiting = [];
    private readonly ILimitStore _store;
    private readonly Thread _thread;

    public GroupCommit(ILimitStore store)
    {
        _store = store;
        _thread = new Thread(Loop) { IsBackground = true, Name = "group-commit" };
        _thread.Start();
    }

    public Task<bool> AddAsync(LimitRecord record)
    {
        _waiting.Add(record);
        return record.Recorded;
    }

    /// <summary>Ends when what waits has been committed.</summary>
    public void Dispose()
    {
        _waiting.CompleteAdding();
        _thread.Join();
        _waiting.Dispose();
        _store.Dispose();
    }

    private void Loop()
    {
        var batch = new List<LimitRecord>(Sizes.CommitRecords);
        foreach (var first in _waiting.GetConsumingEnumerable())
        {
            batch.Clear();
            batch.Add(first);
            while (batch.Count < Sizes.CommitRecords && _waiting.TryTake(out var next)) batch.Add(next);
            Commit(batch);
        }
    }

    private void Commit(List<LimitRecord> batch)
    {
        bool[] recorded;
        try
        {
            recorded = _store.Commit(batch);
        }
        catch (Exception fault)
        {
            // Answered 500, which fails the run: a limit is not measured on errors.
            foreach (var record in batch) record.Fail(fault);
            return;
        }

        for (var i = 0; i < recorded.Length; i++) batch[i].Acknowledge(recorded[i]);
    }
}
