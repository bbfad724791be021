namespace BudgetEngine.Ledger.Sql;

/// <summary>Where the ledger is, and how long it may keep its callers waiting.</summary>
public sealed record LedgerOptions
{
    public const string Section = "Ledger";

    /// <summary>Connection string of PostgreSQL. Null or empty (default): SQLite in <see cref="DataDirectory"/>. Never printed.</summary>
    public string? Postgres { get; init; }

    /// <summary>The folder of the SQLite file and its lock; made if it is not there.</summary>
    public string DataDirectory { get; init; } = "data";

    /// <summary>How long connecting to PostgreSQL may take. Default 3 s; less turns a slow network into an outage, more hides an outage longer.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>How long one command may take, and SQLite waits for a lock of another process. Default 10 s, the deadline of a usage request.</summary>
    public TimeSpan CommandTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The same for exports, consistency checks, retention and the first fill of user balances, which may read many rows. Default 10 min.</summary>
    public TimeSpan LongCommandTimeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Connections to PostgreSQL per process, at most. Default 20: the writer needs few, the rest serves reports.</summary>
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
