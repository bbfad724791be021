namespace BudgetEngine.Domain.Budgets;

/// <summary>Hands out stamps of one process, each greater than all before it. For a process that holds the ledger alone, where the process's epoch stands for every node's.</summary>
public sealed class StampSource(long epoch)
{
    private long _last = Stamp.First(epoch).Value;

    public long Epoch { get; } = epoch;

    public Stamp Next() => new(Interlocked.Increment(ref _last));
}
