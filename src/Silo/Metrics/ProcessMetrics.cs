using System.Diagnostics.Metrics;
using System.Reflection;
using BudgetEngine.Api.Metrics;
using BudgetEngine.Api.Operations;
using BudgetEngine.Ledger;

namespace BudgetEngine.Silo.Metrics;

/// <summary>Shows what runs here and whether it is ready.</summary>
internal sealed class ProcessMetrics
{
    private static readonly ReadinessState[] States = Enum.GetValues<ReadinessState>();

    public ProcessMetrics(BudgetMeter budget, Readiness readiness, ILedgerStore store, TimeProvider clock)
    {
        var startedAt = clock.GetUtcNow().ToUnixTimeMilliseconds() / 1000.0;
        var version = typeof(ProcessMetrics).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "";
        var build = new Measurement<int>(1, new("version", version), new("store", store.Description.Split(' ')[0]));
        budget.Meter.CreateObservableGauge("budget.build.info", () => build, null, "1: version and kind of store of this process.");
        budget.Meter.CreateObservableGauge("budget.process.start.timestamp", () => startedAt, "s", "When this process started, in seconds since 1970.");
        budget.Meter.CreateObservableGauge("budget.readiness", () => States.Select(s => Of(s, readiness.State)), null, "1 for the state that /health/ready answers from.");
    }

    private static Measurement<int> Of(ReadinessState state, ReadinessState current) =>
        new(state == current ? 1 : 0, new KeyValuePair<string, object?>("state", state.ToString().ToLowerInvariant()));
}
