using System.Collections.Immutable;

namespace BudgetEngine.Api.Metrics;

/// <summary>All of them: they come once the engine has started, later than the endpoint that asks them.</summary>
public sealed class MetricsSources
{
    private ImmutableArray<IMetricsSource> _sources = [];

    public void Add(IMetricsSource source) => ImmutableInterlocked.Update(ref _sources, static (all, one) => all.Add(one), source);

    public async Task GatherAsync(CancellationToken cancellationToken)
    {
        foreach (var source in _sources) await source.GatherAsync(cancellationToken);
    }
}
