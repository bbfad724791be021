namespace BudgetEngine.Ledger.Fence;

/// <summary>One activation's right to grant: from when its wait is over until the node is given up or known to be taken over.</summary>
public sealed class NodeTenure
{
    /// <summary>Of every node of a process that has the ledger alone.</summary>
    public static readonly NodeTenure Exclusive = new(0, long.MinValue);

    private long _grantsFrom;
    private Action? _whenLost;

    internal NodeTenure(long epoch, long grantsFrom) => (Epoch, _grantsFrom) = (epoch, grantsFrom);

    public long Epoch { get; }

    /// <summary>On the monotonic clock; never, once it is over.</summary>
    public long GrantsFrom => Volatile.Read(ref _grantsFrom);

    public bool IsOver => GrantsFrom == long.MaxValue;

    /// <summary>What the activation does when another process has taken the node over; at once if that has happened already.</summary>
    public void WhenLost(Action leave)
    {
        Volatile.Write(ref _whenLost, leave);
        // Whichever of the two comes second sees the other's write; leaving twice is leaving once.
        Interlocked.MemoryBarrier();
        if (IsOver) leave();
    }

    /// <summary>Nothing is granted from here on.</summary>
    internal void End() => Interlocked.Exchange(ref _grantsFrom, long.MaxValue);

    internal void Leave() => Volatile.Read(ref _whenLost)?.Invoke();
}
