namespace BudgetEngine.Api.Metrics;

/// <summary>Something that has to be gathered before a scrape can read it.</summary>
public interface IMetricsSource
{
    /// <summary>Gathers; never fails, and takes no longer than <see cref="MetricsOptions.CollectWithin"/>.</summary>
    Task GatherAsync(CancellationToken cancellationToken);
}
