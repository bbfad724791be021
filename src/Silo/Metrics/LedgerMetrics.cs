using System.Diagnostics.Metrics;
using BudgetEngine.Alerts.Evaluation;
using BudgetEngine.Api.Metrics;
using BudgetEngine.Ledger.Writer;
using Microsoft.Extensions.Options;

namespace BudgetEngine.Silo.Metrics;

/// <summary>Shows the state of the writer, of telling, of the lease and of housekeeping: what says whether this process may decide, and how far behind it is.</summary>
internal sealed class LedgerMetrics
{
    public LedgerMetrics(
        BudgetMeter budget, LedgerWriter writer, CommitNotifier notifier, LedgerHealth health, LeaseKeeper lease, DegradedAllowances degraded, Housekeeping housekeeping, AlertEvaluator alerts,
        IOptions<LedgerWriterOptions> options)
    {
        var meter = budget.Meter;
        meter.CreateObservableGauge("budget.ledger.pending", () => writer.PendingRecords, null, "Records that wait for a commit.");
        meter.CreateObservableGauge("budget.ledger.pending.limit", () => options.Value.MaxPending, null, "Records that may wait (Ledger:MaxPending); beyond it posts are 503 overloaded.");
        meter.CreateObservableGauge("budget.ledger.writable", () => health.WritesFail ? 0 : 1, null, "1 while the last write to the ledger succeeded.");
        meter.CreateObservableGauge("budget.lease.running", () => health.MayGrant ? 1 : 0, null, "1 while this process may decide from memory; 0: hard budgets deny.");
        meter.CreateObservableGauge(
            "budget.lease.left", () => Left(health.LeaseLeft), "s", "How long the lease still runs; negative: for how long it has not.");
        meter.CreateObservableCounter("budget.lease.nodes.lost", () => lease.TakenOver, null, "Cost centers that another process took over from this one.");
        meter.CreateObservableGauge("budget.notifications.pending", () => notifier.UnderWay, null, "Cost centers that are being told of a commit.");
        meter.CreateObservableCounter(
            "budget.notifications.late", () => notifier.Timeouts, null, "Records acknowledged before a cost center of their path could be told: its numbers were behind for a while.");
        meter.CreateObservableCounter(
            budget.Amount("budget.degraded.allowed"), () => budget.Units(degraded.Total), null, "Allowed without a hold under on_outage: allow, while the ledger was out of reach.");
        meter.CreateObservableCounter("budget.ledger.records.given_up", () => writer.GivenUp, null, "Records that alone could not be committed while others could.");
        meter.CreateObservableCounter("budget.alerts.evaluations.refused", () => alerts.Refused, null, "Evaluations for alerts that failed by themselves; the sweep tries them again.");
        meter.CreateObservableCounter("budget.alerts.evaluations.dropped", () => alerts.Dropped, null, "Evaluations for alerts that were left to the sweep, because too many waited.");
        meter.CreateObservableGauge(
            "budget.housekeeping.last.timestamp", () => Done(housekeeping.DoneAt), "s", "When roll-ups and retention last ended well, in seconds since 1970.");
    }

    private static IEnumerable<Measurement<double>> Left(TimeSpan left)
    {
        if (left != TimeSpan.MinValue) yield return new Measurement<double>(left.TotalSeconds);
    }

    private static IEnumerable<Measurement<double>> Done(DateTimeOffset? at)
    {
        if (at is { } done) yield return new Measurement<double>(done.ToUnixTimeMilliseconds() / 1000.0);
    }
}
