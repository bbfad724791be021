using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Reports;

namespace BudgetEngine.Ledger.Sql.Reports;

/// <summary>A sum under way: rows by the thousand are added to it, so it is changed in place.</summary>
internal sealed class UsageTally
{
    private readonly long[] _numbers = new long[UsageDays.Numbers.Length];

    /// <summary>By the columns of <see cref="UsageDays.Numbers"/>.</summary>
    public ReadOnlySpan<long> Numbers => _numbers;

    /// <summary>Null where no latency was added.</summary>
    public LatencyHistogram? Histogram { get; private set; }

    public void Add(ReadOnlySpan<long> numbers, long? latency)
    {
        for (var i = 0; i < _numbers.Length; i++) _numbers[i] = Saturating.Add(_numbers[i], numbers[i]);
        if (latency is { } micros) (Histogram ??= new LatencyHistogram()).Add(micros);
    }

    public void Add(UsageTally other, bool withLatencies)
    {
        for (var i = 0; i < _numbers.Length; i++) _numbers[i] = Saturating.Add(_numbers[i], other._numbers[i]);
        if (withLatencies && other.Histogram is { } latencies) (Histogram ??= new LatencyHistogram()).Add(latencies);
    }
}
