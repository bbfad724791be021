using BudgetEngine.Ledger.Fence;

namespace BudgetEngine.Ledger.Writer;

/// <summary>
/// Whether this process may decide from memory: only while its lease runs, which is <c>OutageGrace</c> from the moment the last successful renewal was
/// <em>sent</em>. Written by the lease keeper and the writer, read by every decision.
/// </summary>
public sealed class LedgerHealth(TimeProvider clock, LedgerWriterOptions options)
{
    /// <summary>How often is looked whether the lease has been renewed.</summary>
    public static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);

    private long _leaseUntil = long.MinValue;
    private long _renewedAt = long.MinValue;
    private int _writesFail;

    /// <summary>The lease is running.</summary>
    public bool MayGrant => clock.GetTimestamp() < Volatile.Read(ref _leaseUntil);

    /// <summary>The last write failed: budgets with durable holds stop at once.</summary>
    public bool WritesFail => Volatile.Read(ref _writesFail) != 0;

    /// <summary>The lease is running, and the node may grant by its own right.</summary>
    public bool LetsGrant(NodeTenure tenure)
    {
        // In this order: who sees a renewed lease sees, too, which nodes were dropped before it counted.
        var now = clock.GetTimestamp();
        return now < Volatile.Read(ref _leaseUntil) && now >= tenure.GrantsFrom;
    }

    /// <summary>How long the lease still runs; negative: since when it does not. The smallest span: it never ran, or was ended.</summary>
    public TimeSpan LeaseLeft
    {
        get
        {
            var until = Volatile.Read(ref _leaseUntil);
            return until == long.MinValue ? TimeSpan.MinValue : clock.GetElapsedTime(clock.GetTimestamp(), until);
        }
    }

    /// <summary>Waits for a renewal that is sent from now on. By then all nodes that others have taken over are dropped.</summary>
    /// <returns>False: there was none within this time.</returns>
    public async Task<bool> RenewedAsync(TimeSpan within)
    {
        var from = clock.GetTimestamp();
        while (Volatile.Read(ref _renewedAt) < from)
        {
            if (clock.GetElapsedTime(from) >= within) return false;
            await Task.Delay(Look, clock);
        }

        return true;
    }

    /// <summary>Whether a renewal that was sent after this instant has succeeded.</summary>
    public bool WasRenewedSince(long timestamp) => Volatile.Read(ref _renewedAt) >= timestamp;

    public void Renewed(long sentAt)
    {
        Volatile.Write(ref _renewedAt, sentAt);
        Volatile.Write(ref _leaseUntil, sentAt + (long)(options.OutageGrace.TotalSeconds * clock.TimestampFrequency));
        WriteSucceeded();
    }

    /// <summary>The process is stopping: nothing is granted any more.</summary>
    public void Ended() => Volatile.Write(ref _leaseUntil, long.MinValue);

    public void WriteFailed() => Volatile.Write(ref _writesFail, 1);

    public void WriteSucceeded() => Volatile.Write(ref _writesFail, 0);
}
