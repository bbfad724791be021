using System.ComponentModel.DataAnnotations;

namespace BudgetEngine.Silo.Warehouse;

/// <summary>The warehouse that usage is copied to: ClickHouse, over its HTTP interface.</summary>
public sealed class WarehouseOptions
{
    public const string Section = "Warehouse";

    /// <summary>Where it is, as <c>http://clickhouse:8123</c>. Not set (default): there is none.</summary>
    [Url]
    public string? Url { get; set; }

    /// <summary>Made if it is not there, with its tables. Default <c>budget</c>.</summary>
    [Required, RegularExpression("[a-z][a-z0-9_]{0,62}")]
    public string Database { get; set; } = "budget";

    /// <summary>Who writes; default <c>default</c>.</summary>
    [Required]
    public string User { get; set; } = "default";

    /// <summary>Never printed.</summary>
    public string? Password { get; set; }

    /// <summary>How long records stay in the log there; roll-ups stay. Default 90 days; more costs disk. Taken when the table is made, and only by servers that know
    /// a time to live (19.6 and later): older ones keep everything until a partition is dropped.</summary>
    [Range(1, 3_650)]
    public int RetentionDays { get; set; } = 90;

    /// <summary>Rows of one batch. Default 5,000, 100 to 50,000: a batch is in memory, and one block for the server, which is what makes it arrive whole or not at all.</summary>
    [Range(100, 50_000)]
    public int MaxBatch { get; set; } = 5_000;

    /// <summary>How long it waits when there is nothing to send, and after a failure. Default 1 s; more lets the warehouse lag.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:10:00")]
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long one statement may take. Default 30 s; then the batch is sent again.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(30);
}
