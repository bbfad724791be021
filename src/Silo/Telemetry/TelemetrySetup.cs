using BudgetEngine.Api.Metrics;
using Microsoft.Extensions.Options;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace BudgetEngine.Silo.Telemetry;

/// <summary>
/// OpenTelemetry: one trace from the request through check, turns of nodes, the ledger's batch and its statements to the alert's delivery. Sampled by the caller's word, else by
/// <see cref="TelemetryOptions.SampleRatio"/>.
/// </summary>
internal static class TelemetrySetup
{
    private const string Service = "budget-engine";

    /// <summary>True where traces are sent.</summary>
    public static bool IsOn(IConfiguration configuration) => !string.IsNullOrEmpty(configuration[$"{TelemetryOptions.Section}:{nameof(TelemetryOptions.Endpoint)}"]);

    public static void AddTelemetry(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<TelemetryOptions>().Bind(builder.Configuration.GetSection(TelemetryOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        // Else each request has an activity that only a log line at its beginning, which is switched off, would read.
        builder.Logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);
        if (!IsOn(builder.Configuration)) return;
        var options = builder.Configuration.GetSection(TelemetryOptions.Section).Get<TelemetryOptions>()!;
        if (!Uri.TryCreate(options.Endpoint, UriKind.Absolute, out var endpoint) || endpoint.Scheme is not ("http" or "https"))
        {
            throw new OptionsValidationException(TelemetryOptions.Section, typeof(TelemetryOptions), [$"{TelemetryOptions.Section}:{nameof(TelemetryOptions.Endpoint)} must be an address such as http://collector:4317"]);
        }

        var telemetry = builder.Services.AddOpenTelemetry().ConfigureResource(r => r.AddService(Service, serviceInstanceId: Environment.MachineName));
        builder.Services.AddSingleton<IStartupFilter>(new RequestSpans(options.SampleRatio));
        telemetry.WithTracing(t =>
        {
            var exporter = new OtlpExporterOptions();
            Configure(exporter, options, "/v1/traces");
            var ended = new BatchActivityExportProcessor(new OtlpTraceExporter(exporter));
            t.AddProcessor(ended).AddInstrumentation(() => new SpanListener(ended));
        });
        if (options.Metrics) telemetry.WithMetrics(m => m.AddMeter(BudgetMeter.Name, "System.Runtime", "Microsoft.AspNetCore.Hosting").AddOtlpExporter(o => Configure(o, options, "/v1/metrics")));
    }

    private static void Configure(OtlpExporterOptions exporter, TelemetryOptions options, string path)
    {
        var isHttp = options.Protocol == TelemetryProtocol.Http;
        exporter.Protocol = isHttp ? OtlpExportProtocol.HttpProtobuf : OtlpExportProtocol.Grpc;
        exporter.Endpoint = new Uri(isHttp ? options.Endpoint!.TrimEnd('/') + path : options.Endpoint!);
    }
}
