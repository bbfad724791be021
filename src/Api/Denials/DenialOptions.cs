using System.ComponentModel.DataAnnotations;

namespace BudgetEngine.Api.Denials;

/// <summary>How much of the denials is kept, and for how long.</summary>
public sealed class DenialOptions
{
    public const string Section = "Denials";

    /// <summary>How long denials are kept. Default 7 days, 1 hour to 90 days: less forgets before somebody asks, more takes disk.</summary>
    [Range(typeof(TimeSpan), "01:00:00", "90.00:00:00")]
    public TimeSpan Retention { get; set; } = TimeSpan.FromDays(7);

    /// <summary>
    /// Denials of one tenant and minute that a process keeps whole; beyond it one of a hundred, until as many again are kept, and the rest is counted. Default 300, 0 (only counted) to
    /// 100,000: less leaves gaps in a busy minute, more lets a caller in a loop fill the disk (some 400 bytes each).
    /// </summary>
    [Range(0, 100_000)]
    public int MaxPerMinute { get; set; } = 300;

    /// <summary>Denials that wait in a process to be written; beyond it they are only counted. Default 10,000, 100 to 1,000,000, about 300 bytes each.</summary>
    [Range(100, 1_000_000)]
    public int MaxPending { get; set; } = 10_000;

    /// <summary>The most that are written in one transaction, of which there are two a second. Default 500, 10 to 10,000: less drops more of a flood, more lets it take time from usage.</summary>
    [Range(10, 10_000)]
    public int MaxBatch { get; set; } = 500;
}
