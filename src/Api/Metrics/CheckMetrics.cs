using System.Diagnostics.Metrics;
using BudgetEngine.Api.Checks;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.Wording;
using BudgetEngine.Grains.Interfaces.CostCenters;

namespace BudgetEngine.Api.Metrics;

/// <summary>Counts decisions. On the hot path: plain counters that a scrape reads, nothing allocated. Dry runs leave no trace here either.</summary>
internal sealed class CheckMetrics
{
    private static readonly string Unavailable = Words.DenialReasons.Of(DenialReason.LedgerUnavailable);
    private const string Degraded = "degraded";

    private static readonly string[] Protocols = ["check", "authorize", "ext_authz", "ratelimit"];

    /// <summary>From a quarter of a millisecond to the deadline of <c>/v1/check</c>, in seconds.</summary>
    private static readonly double[] Bounds = [0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.5, 1, 2];

    private static readonly (string Decision, string Reason)[] Outcomes =
    [
        (Words.Allow, "none"), ("audit", "over_limit"), (Words.Allow, Degraded), ("error", Unavailable),
        .. Words.DenialReasons.All.Where(w => w != Unavailable).Select(w => (Words.Deny, w)), (Words.Deny, "other"),
    ];

    private readonly long[][] _counts = [.. Protocols.Select(_ => new long[Outcomes.Length])];
    private readonly Histogram<double> _duration;
    private readonly KeyValuePair<string, object?>[] _protocolTags;
    private readonly TimeProvider _clock;

    public CheckMetrics(BudgetMeter meter, TimeProvider clock, UnexpectedFaults faults)
    {
        _clock = clock;
        _protocolTags = [.. Protocols.Select(p => new KeyValuePair<string, object?>("protocol", p))];
        meter.Meter.CreateObservableCounter(
            "budget.checks", Observe, null,
            "Checks by what was answered: deny is a budget's word, error means that no decision could be reached, audit is an allow above a soft limit.");
        meter.Meter.CreateObservableCounter(
            "budget.faults.unexpected", () => faults.Count, null, "Exceptions that were answered as an outage and that no outage makes: bugs. The log has one of each kind and minute.");
        _duration = meter.Meter.CreateHistogram(
            "budget.check.duration", "s", "Time from the arrival of a check to its decision, without sending the answer.", null,
            new InstrumentAdvice<double> { HistogramBucketBoundaries = Bounds });
    }

    /// <summary>Now, for <see cref="Answered"/>.</summary>
    public long Start() => _clock.GetTimestamp();

    public void Answered(CheckProtocol protocol, CheckAnswer answer, bool dryRun, long startedAt)
    {
        if (dryRun) return;
        Interlocked.Increment(ref _counts[(int)protocol][IndexOf(answer)]);
        _duration.Record(_clock.GetElapsedTime(startedAt).TotalSeconds, _protocolTags[(int)protocol]);
    }

    private static int IndexOf(CheckAnswer answer)
    {
        if (answer.Allowed) return answer.Degraded ? 2 : answer.OverLimit ? 1 : 0;
        if (answer.Reason == Unavailable) return 3;
        for (var i = 4; i < Outcomes.Length - 1; i++)
        {
            if (Outcomes[i].Reason == answer.Reason) return i;
        }

        return Outcomes.Length - 1;
    }

    private IEnumerable<Measurement<long>> Observe()
    {
        for (var p = 0; p < Protocols.Length; p++)
        {
            for (var i = 0; i < Outcomes.Length; i++)
            {
                yield return new Measurement<long>(
                    Volatile.Read(ref _counts[p][i]), new("decision", Outcomes[i].Decision), new("reason", Outcomes[i].Reason), new("protocol", Protocols[p]));
            }
        }
    }
}
