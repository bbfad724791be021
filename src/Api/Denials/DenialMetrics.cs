using System.Diagnostics.Metrics;
using BudgetEngine.Api.Metrics;

namespace BudgetEngine.Api.Denials;

/// <summary>How much of the denials is kept.</summary>
internal sealed class DenialMetrics
{
    public DenialMetrics(BudgetMeter meter, DenialLog log)
    {
        meter.Meter.CreateObservableCounter("budget.denials", () => Observe(log), null, "Denials by what became of them in the log: kept, only counted (omitted), dropped (counted too).");
        meter.Meter.CreateObservableGauge("budget.denials.pending", () => log.Pending, null, "Denials that wait to be written.");
    }

    private static IEnumerable<Measurement<long>> Observe(DenialLog log)
    {
        yield return new Measurement<long>(log.Kept, new KeyValuePair<string, object?>("log", "kept"));
        yield return new Measurement<long>(log.Omitted, new KeyValuePair<string, object?>("log", "omitted"));
        yield return new Measurement<long>(log.Dropped, new KeyValuePair<string, object?>("log", "dropped"));
    }
}
