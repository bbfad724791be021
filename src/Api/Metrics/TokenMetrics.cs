using System.Diagnostics.Metrics;
using Microsoft.Extensions.Options;

namespace BudgetEngine.Api.Metrics;

/// <summary>
/// Tokens that were recorded, by department and project, model and type. A path is cut after its third segment (tenant, department, project), since what lies
/// below is for reports; the number of series has a limit, and the rest is under <c>other</c>.
/// </summary>
public sealed class TokenMetrics
{
    private const int Segments = 3;
    private const string Other = "other";

    private readonly CappedSums<Key, Tokens> _sums;

    public TokenMetrics(BudgetMeter meter, IOptions<MetricsOptions> options)
    {
        // Each is shown as two series; half of the limit, since spend by the same departments and models is there already.
        _sums = new CappedSums<Key, Tokens>(options.Value.MaxSeries / 4);
        meter.Meter.CreateObservableCounter(
            "budget.tokens", Observe, null, "Recorded tokens by cost center (three segments at most), model and type (input, output; cached and reasoning ones are part of these).");
    }

    public void Add(string costCenter, string? model, long? input, long? output)
    {
        if (input is null or 0 && output is null or 0) return;
        _sums.Of(new Key(Cut(costCenter), model ?? "")).Add((ulong)(input ?? 0), (ulong)(output ?? 0));
    }

    private static string Cut(string path)
    {
        var end = -1;
        for (var i = 0; i < Segments; i++)
        {
            end = path.IndexOf('/', end + 1);
            if (end < 0) return path;
        }

        return path[..end];
    }

    private IEnumerable<Measurement<double>> Observe()
    {
        foreach (var (key, tokens) in _sums.All)
        {
            yield return Of(key, "input", tokens.Input);
            yield return Of(key, "output", tokens.Output);
        }

        if (_sums.Rest is { Input: 0, Output: 0 }) yield break;
        var rest = new Key(Other, Other);
        yield return Of(rest, "input", _sums.Rest.Input);
        yield return Of(rest, "output", _sums.Rest.Output);
    }

    private static Measurement<double> Of(Key key, string type, ulong tokens) => new(tokens, new("cost_center", key.CostCenter), new("model", key.Model), new("token_type", type));

    private readonly record struct Key(string CostCenter, string Model);

    /// <summary>Beyond what 64 bits hold it begins again at zero, which Prometheus takes for a new process.</summary>
    private sealed class Tokens
    {
        private ulong _input;
        private ulong _output;

        public ulong Input => Volatile.Read(ref _input);

        public ulong Output => Volatile.Read(ref _output);

        public void Add(ulong input, ulong output)
        {
            Interlocked.Add(ref _input, input);
            Interlocked.Add(ref _output, output);
        }
    }
}
