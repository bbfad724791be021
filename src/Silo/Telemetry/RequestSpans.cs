using System.Diagnostics;
using System.Globalization;
using BudgetEngine.Domain.Tracing;
using Microsoft.AspNetCore.Http.Metadata;

namespace BudgetEngine.Silo.Telemetry;

/// <summary>
/// The span of a request, around all that is done for it, by OpenTelemetry's conventions for HTTP servers. A caller who has decided (<c>traceparent</c>, W3C) is followed; of the others a share
/// is traced. The web server's own span would be made of every request.
/// </summary>
/// <param name="ratio">That share, 0 to 1.</param>
internal sealed class RequestSpans(double ratio) : IStartupFilter
{
    /// <summary>Others are one, by the conventions: anybody may make them up.</summary>
    private static readonly string[] _methods = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];

    /// <summary>Who asks for these is not a caller.</summary>
    private static readonly string[] _untraced = ["/health/", "/metrics", "/v1/events"];

    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use((context, rest) => IsTraced(context.Request, out var caller) && EngineTrace.BeginRequest("HTTP", caller) is { } span ? RunAsync(context, rest, span) : rest(context));
        next(app);
    };

    private bool IsTraced(HttpRequest request, out ActivityContext caller)
    {
        caller = default;
        if (request.Headers.TraceParent is not [{ } parent] || !ActivityContext.TryParse(parent, request.Headers.TraceState, isRemote: true, out caller))
        {
            if (Random.Shared.NextDouble() >= ratio) return false;
        }
        else if ((caller.TraceFlags & ActivityTraceFlags.Recorded) == 0)
        {
            return false;
        }

        return !Array.Exists(_untraced, p => request.Path.Value!.StartsWith(p, StringComparison.Ordinal));
    }

    private static async Task RunAsync(HttpContext context, RequestDelegate rest, Activity span)
    {
        using var running = span;
        var request = context.Request;
        var isKnown = _methods.Contains(request.Method);
        span.DisplayName = isKnown ? request.Method : "HTTP";
        span.SetTag("http.request.method", isKnown ? request.Method : "_OTHER");
        span.SetTag("url.scheme", request.Scheme);
        span.SetTag("url.path", request.Path.Value);
        span.SetTag("server.address", request.Host.Host);
        try
        {
            await rest(context);
            Answered(span, context.Response.StatusCode);
        }
        catch (Exception e)
        {
            span.SetTag("error.type", e.GetType().FullName);
            span.SetStatus(ActivityStatusCode.Error);
            throw;
        }
        finally
        {
            if (context.GetEndpoint()?.Metadata.GetMetadata<IRouteDiagnosticsMetadata>()?.Route is { } route)
            {
                span.SetTag("http.route", route);
                span.DisplayName += " " + route;
            }
        }
    }

    private static void Answered(Activity span, int status)
    {
        span.SetTag("http.response.status_code", status);
        if (status < 500) return;
        span.SetTag("error.type", status.ToString(CultureInfo.InvariantCulture));
        span.SetStatus(ActivityStatusCode.Error);
    }
}
