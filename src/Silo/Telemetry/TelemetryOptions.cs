using System.ComponentModel.DataAnnotations;

namespace BudgetEngine.Silo.Telemetry;

/// <summary>Traces and metrics by OTLP, for a collector.</summary>
public sealed class TelemetryOptions
{
    public const string Section = "Telemetry";

    /// <summary>The collector, as <c>http://collector:4317</c>. Not set (default): nothing is sent, and no request pays for it. Headers that it wants, secrets included, are
    /// the SDK's variable <c>OTEL_EXPORTER_OTLP_HEADERS</c>.</summary>
    [Url]
    public string? Endpoint { get; set; }

    /// <summary><c>grpc</c> (default), or <c>http</c>: then <c>/v1/traces</c> and <c>/v1/metrics</c> are added to the endpoint.</summary>
    public TelemetryProtocol Protocol { get; set; } = TelemetryProtocol.Grpc;

    /// <summary>The share of requests that are traced, 0 to 1, where the caller has not decided: one who traces his request (<c>traceparent</c>) is followed. Default 0.01; each traced request
    /// costs some microseconds and a few kilobytes.</summary>
    [Range(0.0, 1.0)]
    public double SampleRatio { get; set; } = 0.01;

    /// <summary>Whether the metrics go there too; default yes. <c>/metrics</c> has them in any case.</summary>
    public bool Metrics { get; set; } = true;
}

/// <summary>How OTLP is spoken.</summary>
public enum TelemetryProtocol
{
    Grpc,
    Http,
}
