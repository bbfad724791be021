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

    /// <summary>A record is acknowledged when its nodes have been told, or after this time for a node that cannot be reached. Default 1 s, 0.1 to 10 s: lower leaves more checks a moment behind, higher lets posts wait for a silo that is gone.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:00:10")]
    public TimeSpan NotifyTimeout { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a usage record waits for its commit before it is answered 503 <c>ledger_unavailable</c>. Default 10 s, 1 to 60 s: lower makes callers repeat, higher keeps them.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:01:00")]
    public TimeSpan PostDeadline { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>First pause before a failed transaction is sent again. Default 50 ms, 10 ms to 10 s: lower presses on a ledger that is struggling, higher lets records wait.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:00:10")]
    public TimeSpan RetryAfter { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <summary>The longest such pause. Default 1 s, 10 ms to 60 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:01:00")]
    public TimeSpan RetryAtMost { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long decisions go on from memory after the last proof that the ledger can be written. Default 5 s, 2 s to 1 h: lower denies in short outages, higher keeps others waiting for what a dead process held.</summary>
    [Range(typeof(TimeSpan), "00:00:02", "01:00:00")]
    public TimeSpan OutageGrace { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How often this process proves that the ledger can be written. Default 1 s, 0.1 to 60 s, half of <see cref="OutageGrace"/> at most: lower costs writes, higher takes a single lost one for an outage.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:01:00")]
    public TimeSpan LeaseInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a stop waits for what is pending. Default 20 s, 1 to 40 s: the process has 45 s in all.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:00:40")]
    public TimeSpan DrainWithin { get; set; } = TimeSpan.FromSeconds(20);
}
