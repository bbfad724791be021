using System.IO.Compression;
using BudgetEngine.Api.Errors;
using BudgetEngine.Api.Http;
using BudgetEngine.Api.Keys;
using BudgetEngine.Api.Metrics.Exposition;
using BudgetEngine.Api.OpenApi;
using BudgetEngine.Api.Operations;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace BudgetEngine.Api.Metrics;

/// <summary><c>GET /metrics</c> for Prometheus: with a <c>read</c> key for the whole installation, or without any where <c>Metrics:Public</c> says so.</summary>
internal sealed class MetricsEndpoints(Gate gate, MetricsListener listener, MetricsSources sources, IOptions<MetricsOptions> options) : IEndpoints
{
    private const string Gzip = "gzip";

    public void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet(OperatorPaths.Metrics, options.Value.Public ? WriteAsync : gate.Guard(Scopes.Read, GetAsync))
            .WithMetadata(new Operation(Tags.Operations, "Prometheus metrics", "Scope: read, whole installation; no key where the operator has set Metrics:Public.")
                .Gives<string>(description: "Prometheus text exposition, version 0.0.4", contentType: "text/plain"));

    private async Task<Problem?> GetAsync(HttpContext context, ApiKey caller)
    {
        if (!caller.IsWholeInstallation) return Problem.WholeInstallation;
        await WriteAsync(context);
        return null;
    }

    private async Task WriteAsync(HttpContext context)
    {
        await sources.GatherAsync(context.RequestAborted);
        var text = new PrometheusText();
        listener.Collect(text.Write);
        var bytes = text.ToBytes();
        context.Response.ContentType = PrometheusText.ContentType;
        context.Response.Headers.Vary = HeaderNames.AcceptEncoding;
        // Labels repeat: a twentieth is left of it. Prometheus always asks for it.
        if (context.Request.GetTypedHeaders().AcceptEncoding.Any(e => e.Value == Gzip && e.Quality is not 0))
        {
            context.Response.Headers.ContentEncoding = Gzip;
            bytes = Compress(bytes);
        }

        context.Response.ContentLength = bytes.Length;
        await context.Response.Body.WriteAsync(bytes, context.RequestAborted);
    }

    private static byte[] Compress(byte[] plain)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest)) gzip.Write(plain);
        return packed.ToArray();
    }
}
