namespace BudgetEngine.Domain.Budgets;

/// <summary>Hands out stamps of one process, each greater than all before it. For a process that holds the ledger alone, where the process's epoch stands for every node's.</summary>
public sealed class StampSource(long epoch)
{
    private long _last = Stamp.First(epoch).Value;

    public long Epoch { get; } = epoch;

    public Stamp Next() => new(Interlocked.Increment(ref _last));

    /// <summary>Whether a stamp may be one of this source or of an epoch before it.</summary>
    public bool MayHaveIssued(Stamp stamp) => stamp.Value <= Volatile.Read(ref _last);
}
