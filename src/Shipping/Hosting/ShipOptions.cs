using System.ComponentModel.DataAnnotations;

namespace BudgetEngine.Shipping.Hosting;

/// <summary>Settling from a gateway's access log.</summary>
public sealed class ShipOptions
{
    public const string Section = "Ship";

    /// <summary>The log, of JSON lines; those that were rotated away lie beside it under names that begin with its own. Required.</summary>
    [Required]
    public string File { get; set; } = "";

    /// <summary>Where the position is kept. Default: the log's name and <c>.position</c>, beside it.</summary>
    public string? State { get; set; }

    /// <summary>The engine's address. Required.</summary>
    [Required]
    [Url]
    public string Engine { get; set; } = "";

    /// <summary>A key with the scope <c>usage</c>: give it by the environment, <c>Ship__Key</c>. Default: none, for open mode.</summary>
    public string? Key { get; set; }

    /// <summary>Records of one post, and all that is kept in memory. Default 500, 1 to 5,000: more posts less often, and repeats more after a failure.</summary>
    [Range(1, 5_000)]
    public int BatchRecords { get; set; } = 500;

    /// <summary>The longest line. Default 64 KiB, 1 KiB to 1 MiB; a longer one is counted as bad.</summary>
    [Range(1024, 1024 * 1024)]
    public int MaxLineBytes { get; set; } = 64 * 1024;

    /// <summary>How often a log that has ended is looked at. Default 250 ms, 10 ms to 1 min: longer settles later.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:01:00")]
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>The longest pause between repeats of a post. Default 30 s, 100 ms to 10 min.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:10:00")]
    public TimeSpan RetryAtMost { get; set; } = TimeSpan.FromSeconds(30);

    internal string StateFile => string.IsNullOrEmpty(State) ? $"{File}.position" : State;
}
