using System.ComponentModel.DataAnnotations;
using BudgetEngine.Domain.Amounts;

namespace BudgetEngine.Alerts;

/// <summary>How alerts are found, and how fast they are sent.</summary>
public sealed class AlertOptions
{
    public const string Section = "Alerts";

    private static readonly Money DefaultSpikeFloor = new(10 * Money.NanosPerUnit);

    /// <summary>A day's spend up to here, in the installation's currency, is never a spike. Not set: 10 units of account (100,000 of a currency that is counted in 10^-5), 0 to 10^13: lower tells of trifles.</summary>
    [Range(typeof(decimal), "0", "10000000000000")]
    public decimal? SpikeFloor { get; set; }

    /// <summary>How often the list of evaluations and deliveries that are due are read. Default 250 ms, 50 ms to 1 s: lower only costs queries, higher delays what only the sweep finds.</summary>
    [Range(typeof(TimeSpan), "00:00:00.050", "00:00:01")]
    public TimeSpan SweepInterval { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Evaluations that wait in the memory of a process. Beyond it the newest are left to the sweep. Default 10,000, 100 to 1,000,000.</summary>
    [Range(100, 1_000_000)]
    public int MaxPendingEvaluations { get; set; } = 10_000;

    /// <summary>Evaluations of one transaction. Default 200, 1 to 5,000: higher takes longer and locks more.</summary>
    [Range(1, 5_000)]
    public int MaxEvaluationsPerTransaction { get; set; } = 200;

    /// <summary>Requests to one channel at the same time, for channels that get every alert alone. Default 16, 1 to 64.</summary>
    [Range(1, 64)]
    public int MaxConcurrentSends { get; set; } = 16;

    /// <summary>Requests per second to a webhook. Default 1,000, 1 to 10,000: more alerts at once than that wait.</summary>
    [Range(1, 10_000)]
    public int WebhookRate { get; set; } = 1_000;

    /// <summary>A channel that has failed for so long is told of as dead, to the others. Default 1 h, 1 min to 24 h.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "24:00:00")]
    public TimeSpan DeadAfter { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Set from the installation's <c>Currency</c>.</summary>
    public string Currency { get; set; } = "USD";

    /// <summary>Set from the installation's <c>Currency:Decimals</c>.</summary>
    public Resolution Resolution { get; set; } = Resolution.Nano;

    public Money SpikeFloorAmount => SpikeFloor is not { } units ? DefaultSpikeFloor : Resolution.TryRoundUp(units, out var floor) ? floor : Money.MaxInput;
}
