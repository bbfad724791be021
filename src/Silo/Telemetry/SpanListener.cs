using System.Diagnostics;
using BudgetEngine.Domain.Tracing;
using OpenTelemetry;

namespace BudgetEngine.Silo.Telemetry;

/// <summary>
/// Has the spans of traced requests made, and gives those that end to the exporter. The SDK's own listener makes one of everything that has no parent, to hand the context on, and of every
/// request with it, sampled or not: that was a fifth of a check's processor time. Here nothing is made outside of a traced request.
/// </summary>
internal sealed class SpanListener : IDisposable
{
    private static readonly string[] _sources = [EngineTrace.Name, "System.Net.Http", "Npgsql", "Microsoft.Orleans.Application"];

    private readonly ActivityListener _listener;

    /// <param name="ended">Gets each span that is over. Not disposed here.</param>
    public SpanListener(BaseProcessor<Activity> ended)
    {
        _listener = new ActivityListener { ShouldListenTo = source => _sources.Contains(source.Name), Sample = Sample, ActivityStopped = ended.OnEnd };
        ActivitySource.AddActivityListener(_listener);
    }

    public void Dispose() => _listener.Dispose();

    /// <summary>What has a parent is recorded if that is; of what has none, requests are: <see cref="RequestSpans"/> begins a span of those only that are traced.</summary>
    private static ActivitySamplingResult Sample(ref ActivityCreationOptions<ActivityContext> span)
    {
        var isRecorded = span.Parent.TraceId == default ? span is { Kind: ActivityKind.Server, Source.Name: EngineTrace.Name } : (span.Parent.TraceFlags & ActivityTraceFlags.Recorded) != 0;
        return isRecorded ? ActivitySamplingResult.AllDataAndRecorded : ActivitySamplingResult.None;
    }
}
