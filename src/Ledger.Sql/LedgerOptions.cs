using System.ComponentModel.DataAnnotations;
using BudgetEngine.Domain.Amounts;

namespace BudgetEngine.Ledger.Sql;

/// <summary>Where the ledger is, and how long it may keep its callers waiting.</summary>
public sealed record LedgerOptions
{
    public const string Section = "Ledger";

    /// <summary>Connection string of PostgreSQL. Null or empty (default): SQLite in <see cref="DataDirectory"/>. Never printed.</summary>
    public string? Postgres { get; init; }

    /// <summary>The folder of the SQLite file and its lock; made if it is not there.</summary>
    public string DataDirectory { get; init; } = "data";

    /// <summary>How long connecting to PostgreSQL may take. Default 3 s, 1 to 60 s; less turns a slow network into an outage, more hides an outage longer.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:01:00")]
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>How long one command may take, and SQLite waits for a lock of another process. Default 10 s, the deadline of a usage request; 1 s to 5 min.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:05:00")]
    public TimeSpan CommandTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long one list or report, or one page of an export, may read; then it is 422 <c>too_much_to_read</c>. Default 10 s, 100 ms to 10 min. Less refuses wide questions to large
    /// ledgers, more lets one question keep the others waiting.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:10:00")]
    public TimeSpan ReportTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The same for consistency checks, reconciliation, retention and the first fill of user balances, which may read many rows. Default 10 min, 10 s to 24 h.</summary>
    [Range(typeof(TimeSpan), "00:00:10", "24:00:00")]
    public TimeSpan LongCommandTimeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How documents of budgets say their amounts. Set from the installation's <c>Currency:Decimals</c>.</summary>
    public Resolution Resolution { get; init; } = Resolution.Nano;

    /// <summary>
    /// Connections to PostgreSQL per process, at most. Default 20, 2 to 1,000: the writer needs one, half of them serves reports at most. A silo of a cluster has a quarter as many besides (1 to
    /// 4) for Orleans' tables. More than the server takes from all processes together makes outages.
    /// </summary>
    [Range(2, 1_000)]
    public int MaxConnections { get; init; } = 20;

    /// <summary>
    /// Keys of tags that the reports tell apart, separated by commas; at most 8. Default <c>feature</c>. Each costs a row per value, cost center and day; one whose
    /// values never repeat (a trace id) tells nothing and fills its room. A key that is added counts from then on.
    /// </summary>
    public string ReportTags { get; init; } = "feature";

    /// <summary><see cref="ReportTags"/>, read.</summary>
    internal IReadOnlyList<string> RolledUpTags =>
        [.. ReportTags.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Distinct(StringComparer.Ordinal).Take(MaxReportTags)];

    private const int MaxReportTags = 8;
}
