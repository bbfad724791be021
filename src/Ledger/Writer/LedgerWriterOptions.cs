using System.ComponentModel.DataAnnotations;

namespace BudgetEngine.Ledger.Writer;

/// <summary>Limits of the group-commit writer and of waiting for it.</summary>
public sealed class LedgerWriterOptions
{
    public const string Section = "Ledger";

    /// <summary>Records that may wait for a commit. Beyond it a single post is 503 <c>overloaded</c>, a streamed body is read no further. More: longer waits and memory under overload.</summary>
    [Range(1_000, 10_000_000)]
    public int MaxPending { get; set; } = 65_536;

    /// <summary>Records of one transaction. More: fewer commits, longer ones.</summary>
    [Range(1, 100_000)]
    public int MaxBatch { get; set; } = 2_000;

    /// <summary>A record is acknowledged when its nodes have been told, or after this time for a node that cannot be reached.</summary>
    public TimeSpan NotifyTimeout { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a usage record waits for its commit before it is answered 503 <c>ledger_unavailable</c>.</summary>
    public TimeSpan PostDeadline { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>First and longest pause before a failed transaction is sent again.</summary>
    public TimeSpan RetryAfter { get; set; } = TimeSpan.FromMilliseconds(50);

    public TimeSpan RetryAtMost { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long decisions go on from memory after the last proof that the ledger can be written.</summary>
    public TimeSpan OutageGrace { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How often this process proves that the ledger can be written.</summary>
    public TimeSpan LeaseInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a stop waits for what is pending.</summary>
    public TimeSpan DrainWithin { get; set; } = TimeSpan.FromSeconds(20);
}
