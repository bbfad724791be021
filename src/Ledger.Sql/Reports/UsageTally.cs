using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Reports;

namespace BudgetEngine.Ledger.Sql.Reports;

/// <summary>A sum under way: rows by the thousand are added to it, so it is changed in place.</summary>
internal sealed class UsageTally
{
    private readonly long[] _numbers = new long[11];
    private LatencyHistogram? _histogram;

    public void Add(ReadOnlySpan<long> numbers, long? latency)
    {
        for (var i = 0; i < _numbers.Length; i++) _numbers[i] = Saturating.Add(_numbers[i], numbers[i]);
        if (latency is { } micros) (_histogram ??= new LatencyHistogram()).Add(micros);
    }

    public void Add(UsageTally other, bool withLatencies)
    {
        for (var i = 0; i < _numbers.Length; i++) _numbers[i] = Saturating.Add(_numbers[i], other._numbers[i]);
        if (withLatencies && other._histogram is { } latencies) (_histogram ??= new LatencyHistogram()).Add(latencies);
    }

    public UsageSum Sum() => new(
        new Money(_numbers[0]), new Money(_numbers[1]), _numbers[2], _numbers[3], _numbers[4], _numbers[5], _numbers[6], _numbers[7], _numbers[8], _numbers[9], _numbers[10])
    {
        Histogram = _histogram,
    };
}
