using System.ComponentModel.DataAnnotations;

namespace BudgetEngine.Api.Metrics;

/// <summary>What <c>/metrics</c> shows, and to whom.</summary>
public sealed class MetricsOptions
{
    public const string Section = "Metrics";

    /// <summary>Whether <c>/metrics</c> needs no key. Default false: it names cost centers and what they spend. True only where the network keeps strangers away.</summary>
    public bool Public { get; set; }

    /// <summary>Cost centers with limits that have gauges of their own, per process; beyond it the shallowest. Default 1,000, 0 to 100,000. More: up to 24 series each for
    /// the scraper to keep, less: not every budget is seen.</summary>
    [Range(0, 100_000)]
    public int MaxCostCenters { get; set; } = 1_000;

    /// <summary>Series of spend by cost center, provider and model, per process; what comes later is added up under <c>other</c>. Default 2,000, 1 to 100,000.</summary>
    [Range(1, 100_000)]
    public int MaxSpendSeries { get; set; } = 2_000;

    /// <summary>Series of any other metric, of the runtimes' too; what comes later is added up under <c>overflow="true"</c>, of tokens under <c>other</c>. A distribution of
    /// the engine's own counts as 20. Default 1,000, 10 to 100,000.</summary>
    [Range(10, 100_000)]
    public int MaxSeries { get; set; } = 1_000;

    /// <summary>How long a scrape waits for the cost centers' figures. Default 2 s, 0.1 to 30 s: who does not answer in time has no gauges in this scrape.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:00:30")]
    public TimeSpan CollectWithin { get; set; } = TimeSpan.FromSeconds(2);
}
