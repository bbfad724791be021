using System.ComponentModel.DataAnnotations;

namespace BudgetEngine.Api.Checks;

/// <summary>Deadlines of checks.</summary>
public sealed class CheckOptions
{
    public const string Section = "Check";

    /// <summary>The largest body of a check or an extension, decompressed; above it 413. Default 32 KiB, 4 KiB to 1 MiB: the longest that means anything has some 15 KiB. Higher lets
    /// whoever may only ask take memory.</summary>
    [Range(4_096, 1_048_576)]
    public int MaxBodyBytes { get; set; } = 32 * 1024;

    /// <summary><c>/v1/authorize</c> answers within this. Default 150 ms, 10 ms to 10 s: below the time-out of the gateway (Envoy's is 200 ms), or it fails open or shut by its own rule.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:00:10")]
    public TimeSpan Deadline { get; set; } = TimeSpan.FromMilliseconds(150);

    /// <summary><c>/v1/check</c> answers within this, or as <c>on_outage</c> says. Default 2 s, 10 ms to 60 s: lower turns slow moments into outages, higher lets callers wait.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:01:00")]
    public TimeSpan ApiDeadline { get; set; } = TimeSpan.FromSeconds(2);
}
