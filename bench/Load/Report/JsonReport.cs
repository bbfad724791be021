using System.Text.Json;
using System.Text.Json.Serialization;

namespace BudgetEngine.Load;

/// <summary>The results for programs: one line.</summary>
internal static class JsonReport
{
    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static string Of(Machine machine, LoadOptions options, Results results, Faults faults) => JsonSerializer.Serialize(
        new
        {
            Machine = machine,
            Seconds = options.Length.TotalSeconds,
            options.Runs,
            WarmUpSeconds = options.WarmUp.TotalSeconds,
            Loads = results.Loads.Select(Of),
            BareInserts = results.BareInserts.Select(i => new { Leaves = i.Key, RowsPerSecond = Rounded(i.Value) }),
            results.Memory,
            Wanted = Wanted.Of(results).Select(w => new { w.What, Measured = double.Round(w.Measured, 3), w.Bound, w.IsMet }),
            results.Skipped,
            Faults = faults.Count,
            FaultSamples = faults.Samples,
        },
        Options);

    private static object Of(LoadFigures load) => new
    {
        load.Name,
        load.Store,
        load.Leaves,
        load.Connections,
        PerSecond = Rounded(load.Rates),
        RequestsPerSecond = double.Round(load.RequestsPerSecond, 1),
        RecordsPerSecond = double.Round(load.RecordsPerSecond, 1),
        load.Whole,
        Steps = load.Steps.Select(s => new { s.Step, s.Latencies }),
        EchoBefore = load.Echo?.Before.Median,
        EchoAfter = load.Echo?.After.Median,
        OfEcho = load.OfEcho is { } share ? double.Round(share, 3) : (double?)null,
        load.Cores,
        ServerMicrosPerRequest = double.Round(load.ServerMicrosPerRequest, 2),
        EchoMicrosPerRequest = load.EchoMicrosPerRequest is { } micros ? double.Round(micros, 2) : (double?)null,
    };

    private static IEnumerable<double> Rounded(double[] values) => values.Select(v => double.Round(v, 1));
}
