using System.Text.Json;
using System.Text.Json.Serialization;
using BudgetEngine.Load.Measure;
using BudgetEngine.Load.Open;

namespace BudgetEngine.Load.Report;

/// <summary>The results for programs: one line.</summary>
internal static class JsonReport
{
    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
        // The ratio to a window in which nothing ended is no number.
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static string Of(Machine machine, LoadOptions options, Results results, Faults faults) => JsonSerializer.Serialize(
        new
        {
            Machine = machine,
            options.CommandLine,
            Seconds = options.Length.TotalSeconds,
            options.Runs,
            WarmUpSeconds = options.WarmUp.TotalSeconds,
            Matches = results.Matches.Select(m => new { m.Name, Loads = m.Loads.Select(l => Of(l, m.Echo)) }),
            Open = results.Open.Select(Of),
            results.Allocations,
            results.Memory,
            results.Ended,
            Collector = results.Collector.Select(c => new { c.Contestant, c.OpenBefore, Load = Of(c.Load, null), c.Pauses }),
            Silos = results.Silos.Select(s => new { s.Contestant, s.Silos, One = Of(s.One, null), Several = Of(s.Several, null), s.MessagesPerCheck, s.IdlePerSecond }),
            Soaks = results.Soaks.Select(s => new { s.Contestant, s.Length, Load = Of(s.Load, null), s.Pauses, s.Memory }),
            results.Starts,
            Wanted = Wanted.Of(results, options).Select(w => new { w.Contestant, w.What, w.Measured, w.Bound, w.AtLeast, w.IsMet }),
            results.Audit,
            results.Skipped,
            Faults = faults.Count,
            FaultSamples = faults.Samples,
        },
        Options);

    private static object Of(LoadFigures load, LoadFigures? echo) => new
    {
        load.Contestant,
        load.Load.Name,
        load.Load.Leaves,
        load.Load.Connections,
        PerSecond = load.Windows.Select(w => double.Round(w.Rate, 1)),
        RequestsPerSecond = double.Round(load.RequestsPerSecond, 1),
        RecordsPerSecond = double.Round(load.RecordsPerSecond, 1),
        load.Whole,
        Steps = load.Steps.Select(s => new { s.Name, s.Latencies }),
        OfEcho = echo is null ? (Spread?)null : load.Over(echo),
        load.Cores,
        ServerMicrosPerRequest = double.Round(load.ServerMicrosPerRequest, 2),
    };

    private static object Of(OpenFigures load) => new { load.Contestant, load.Share, load.Rate, load.Latencies, load.P99, load.NotSent, load.MostWaiting };
}
