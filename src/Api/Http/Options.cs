using System.ComponentModel.DataAnnotations;

namespace BudgetEngine.Api;

/// <summary>Limits of the HTTP layer.</summary>
public sealed class ApiOptions
{
    public const string Section = "Api";

    /// <summary>The largest JSON body, decompressed; above it 413. Default 8 MiB, 64 KiB to 28 MiB (Kestrel's own limit is just above). Lower refuses honest
    /// batches, higher costs memory per request.</summary>
    [Range(65_536, 29_360_128)]
    public int MaxBodyBytes { get; set; } = 8 * 1024 * 1024;
}

/// <summary>Deadlines of checks.</summary>
public sealed class CheckOptions
{
    public const string Section = "Check";

    /// <summary><c>/v1/authorize</c> answers within this. Default 150 ms, 10 ms to 10 s: below the time-out of the gateway (Envoy's is 200 ms), or it fails open or shut by its own rule.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:00:10")]
    public TimeSpan Deadline { get; set; } = TimeSpan.FromMilliseconds(150);

    /// <summary><c>/v1/check</c> answers within this, or as <c>on_outage</c> says. Default 2 s, 10 ms to 60 s: lower turns slow moments into outages, higher lets callers wait.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:01:00")]
    public TimeSpan ApiDeadline { get; set; } = TimeSpan.FromSeconds(2);
}

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

    /// <summary>Records of a body that are posted together, while the next ones are read. Default 1,000, 1 to 10,000: lower costs throughput, higher memory.</summary>
    [Range(1, 10_000)]
    public int ChunkRecords { get; set; } = 1_000;

    /// <summary>Whether <c>preview</c> (the first 100 characters of a prompt) is stored. Default false: it is personal data.</summary>
    public bool StorePreviews { get; set; }

    /// <summary>How long rows are kept and request ids are unique; older timestamps are refused. Default 90 days, 1 to 3,650.</summary>
    [Range(typeof(TimeSpan), "1.00:00:00", "3650.00:00:00")]
    public TimeSpan Retention { get; set; } = TimeSpan.FromDays(90);
}

/// <summary>Who may call.</summary>
public sealed class KeysOptions
{
    public const string Section = "Keys";
    public const string AdminKeyVariable = "BUDGET_ADMIN_KEY";
    public const int MinAdminKeyLength = 32;

    /// <summary>Open mode: no key is needed on loopback while none was ever created. Default false. Set by <c>run.sh</c> only: behind a proxy that adds no header, whoever
    /// reaches the proxy is taken for a local caller.</summary>
    public bool Open { get; set; }

    /// <summary>From the environment (<see cref="AdminKeyVariable"/>), never from a file: a key with <c>admin</c> on everything while it is set.</summary>
    public string? AdminKey { get; set; }
}

/// <summary>What holds for the whole installation; at the root of the configuration.</summary>
public sealed class InstallationOptions
{
    /// <summary>ISO 4217 code of the one currency. Default USD. A label: changing it converts nothing.</summary>
    [RegularExpression("[A-Z]{3}")]
    public string Currency { get; set; } = "USD";

    /// <summary>Whether usage and checks may name a tenant that does not exist yet. Not set: while open mode is on.</summary>
    public bool? AutoCreateTenants { get; set; }
}

/// <summary>How this process follows prices, policies and keys that others change.</summary>
public sealed class CatalogOptions
{
    public const string Section = "Catalog";

    /// <summary>How often the versions are read. Default 0.5 s, 0.1 to 0.9 s: a revoked key must be refused everywhere within 1 s; lower only costs queries.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:00:00.900")]
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromMilliseconds(500);
}
