using System.ComponentModel.DataAnnotations;

namespace BudgetEngine.Api.Usage;

/// <summary>How usage records are taken.</summary>
public sealed class UsageOptions
{
    public const string Section = "Usage";

    /// <summary>The largest record, decompressed; above it <c>record_too_large</c>. Default 64 KiB, 1 KiB to 1 MiB.</summary>
    [Range(1_024, 1_048_576)]
    public int MaxRecordBytes { get; set; } = 64 * 1024;

    /// <summary>The most records of one JSON array, and the most results that an NDJSON answer lists. Default 10,000, 1 to 100,000.</summary>
    [Range(1, 100_000)]
    public int MaxBatchRecords { get; set; } = 10_000;

    /// <summary>Records of a body that are posted together, while the next ones are read. Default 500, 1 to 10,000: lower costs throughput; of more the collector has more to copy while everything waits.</summary>
    [Range(1, 10_000)]
    public int ChunkRecords { get; set; } = 500;

    /// <summary>
    /// Records that one tenant may store in a minute through one process; more are refused, 429 <c>quota_exceeded</c>, before anything of them is taken. The keys
    /// of a subtree below the tenant have half together, and half of that for each level down to an eighth. Default 600,000, 100 to 10^9: less refuses honest floods, more fills disks faster.
    /// </summary>
    [Range(100, 1_000_000_000)]
    public long MaxRecordsPerMinute { get; set; } = 600_000;

    /// <summary>The same for what the rows take in the ledger, about. Default 256 MiB, 1 MiB to 1 TiB.</summary>
    [Range(1_048_576, 1_099_511_627_776)]
    public long MaxBytesPerMinute { get; set; } = 256L * 1024 * 1024;

    /// <summary>
    /// Different users that one tenant may record in an hour through one process. Default 500,000, 100 to 100,000,000, some 20 bytes each: less refuses honest users, more
    /// lets made-up ones make balances that stay.
    /// </summary>
    [Range(100, 100_000_000)]
    public int MaxUsersPerHour { get; set; } = 500_000;

    /// <summary>Whether <c>preview</c> (the first 100 characters of a prompt) is stored. Default false: it is personal data.</summary>
    public bool StorePreviews { get; set; }

    /// <summary>How long rows are kept and request ids are unique; older timestamps are refused. Default 90 days, 1 to 3,650.</summary>
    [Range(typeof(TimeSpan), "1.00:00:00", "3650.00:00:00")]
    public TimeSpan Retention { get; set; } = TimeSpan.FromDays(90);
}
