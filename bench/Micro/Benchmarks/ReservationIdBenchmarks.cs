using BenchmarkDotNet.Attributes;
using BudgetEngine.Domain.Budgets;

namespace BudgetEngine.Micro.Benchmarks;

/// <summary>What the id of a reservation costs: a check writes one, a settle reads it. Beside it the key, which a check with a request id makes too.</summary>
public class ReservationIdBenchmarks
{
    private const string Path = "acme/engineering/search";

    private static readonly DateTimeOffset _now = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);
    private static readonly ReservationId _id = new(Path, "u-17", new DateOnly(2026, 11, 20), Stamp.First(7).Next(), ReservationId.KeyOf(Path, "req-1"));
    private static readonly ReservationSigningKeys _keys = new([new ReservationSigningKey(1, new byte[ReservationSigningKey.SecretLength], DateTimeOffset.MinValue, null)]);
    private static readonly string _text = _keys.Write(_id, _now);

    [Benchmark(Baseline = true)]
    public Guid KeyOf() => ReservationId.KeyOf(Path, "req-1");

    [Benchmark]
    public string Write() => _keys.Write(_id, _now);

    [Benchmark]
    public bool Read() => _keys.TryRead(_text, _now, out _);
}
