using System.Collections.Frozen;
using BudgetEngine.Client;
using BudgetEngine.Client.Checks;
using BudgetEngine.Gateway.Callers;
using BudgetEngine.Gateway.Configuration;
using BudgetEngine.Gateway.Errors;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;
using Yarp.ReverseProxy.Forwarder;

namespace BudgetEngine.Gateway.Forwarding;

/// <summary>
/// Everything below the name of an upstream: who asks, whether the budget allows it, on to the provider and back. What could cost money and cannot be put
/// under a budget is refused.
/// </summary>
internal sealed class GatewayMiddleware(
    CallerReader callers, EngineClient engine, CallsInFlight calls, RequestRoom room, IHttpForwarder forwarder, IOptions<GatewayOptions> options, TimeProvider clock) : IMiddleware, IDisposable
{
    private readonly Lazy<FrozenDictionary<string, Upstream>> _upstreams = new(() =>
        options.Value.Upstreams.ToFrozenDictionary(u => u.Key, u => new Upstream(u.Key, u.Value, options.Value, engine.Client), StringComparer.Ordinal));

    private readonly ForwarderRequestConfig _forwarding = new() { ActivityTimeout = options.Value.UpstreamTimeout };

    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        var path = context.Request.Path.Value!;
        var end = path.IndexOf('/', Math.Min(1, path.Length));
        if (end < 0 || !options.Value.Upstreams.ContainsKey(path[1..end]) || !_upstreams.Value.TryGetValue(path[1..end], out var upstream))
        {
            await next(context);
            return;
        }

        if (!calls.TryEnter())
        {
            await ProviderErrors.WriteFailureAsync(context, upstream.Format, 503, "shutting_down", "The gateway is stopping.");
            return;
        }

        try
        {
            await HandleAsync(context, upstream);
        }
        finally
        {
            calls.Leave();
        }
    }

    public void Dispose()
    {
        if (!_upstreams.IsValueCreated) return;
        foreach (var upstream in _upstreams.Value.Values) upstream.Dispose();
    }

    private async Task HandleAsync(HttpContext context, Upstream upstream)
    {
        int? denyStatus = null;
        try
        {
            var caller = await callers.ReadAsync(context);
            denyStatus = caller.DenyStatus;
            if (Upstream.LeadsOut(context.Request)) throw new BadHttpRequestException("The path has a segment .. and may lead out of the provider's address.");
            if (FaultOf(context.Request) is { } fault)
            {
                await ProviderErrors.WriteBadRequestAsync(context, upstream.Format, 400, "not_budgeted", fault);
                return;
            }

            using var bytes = new RequestBytes(room, BudgetKey.NameOf(caller.Credentials));
            var body = HttpMethods.IsPost(context.Request.Method) ? await ReadAsync(context, bytes) : null;
            if (body is not null && UnbudgetedCall.FaultOf(context.Request.Path, body) is { } unbudgeted)
            {
                await ProviderErrors.WriteBadRequestAsync(context, upstream.Format, 400, "not_budgeted", unbudgeted);
                return;
            }

            if (body is null || UnbudgetedCall.IsFree(context.Request.Path)) await CheckNothingAsync(caller, context.RequestAborted);
            await ForwardAsync(context, upstream, caller, body, bytes);
        }
        catch (BudgetDeniedException denied)
        {
            await ProviderErrors.WriteDenialAsync(context, upstream.Format, denied, denyStatus, clock);
        }
        catch (BudgetEngineException refused)
        {
            await ProviderErrors.WriteRefusalAsync(context, upstream.Format, refused);
        }
        catch (EngineUnavailableException)
        {
            await ProviderErrors.WriteFailureAsync(context, upstream.Format, 503, CheckAnswer.EngineUnavailable, "The budget engine does not answer.");
        }
        catch (BadHttpRequestException full) when (full.StatusCode == StatusCodes.Status503ServiceUnavailable)
        {
            await ProviderErrors.WriteFailureAsync(context, upstream.Format, full.StatusCode, "overloaded", full.Message);
        }
        catch (BadHttpRequestException bad)
        {
            await ProviderErrors.WriteBadRequestAsync(context, upstream.Format, bad.StatusCode, CodeOf(bad.StatusCode), bad.Message);
        }
    }

    private static string CodeOf(int status) => status switch
    {
        StatusCodes.Status413PayloadTooLarge => "request_too_large",
        StatusCodes.Status408RequestTimeout => "request_too_slow",
        _ => "invalid_request",
    };

    private async Task ForwardAsync(HttpContext context, Upstream upstream, Caller caller, byte[]? body, RequestBytes bytes)
    {
        var error = await forwarder.SendAsync(context, upstream.BaseUrl, upstream.Http, _forwarding, new UpstreamTransformer(upstream, caller, body, bytes), calls.Broken);
        if (error == ForwarderError.None || context.Response.HasStarted) return;
        switch (context.Features.Get<IForwarderErrorFeature>()?.Exception)
        {
            case BudgetDeniedException denied:
                await ProviderErrors.WriteDenialAsync(context, upstream.Format, denied, caller.DenyStatus, clock);
                break;
            case BudgetEngineException refused:
                await ProviderErrors.WriteRefusalAsync(context, upstream.Format, refused);
                break;
            case OperationCanceledException:
                await ProviderErrors.WriteFailureAsync(context, upstream.Format, 504, "upstream_timeout", "The provider did not answer in time.");
                break;
            default:
                await ProviderErrors.WriteFailureAsync(context, upstream.Format, 502, "upstream_unreachable", "The provider could not be reached, or its answer could not be read.");
                break;
        }
    }

    /// <summary>What costs nothing still needs a key that may ask, and a cost center that is not paused.</summary>
    private async Task CheckNothingAsync(Caller caller, CancellationToken cancellationToken)
    {
        var answer = await engine.Client.CheckAsync(
            new CheckRequest { CostCenter = caller.Scope.CostCenter!, User = caller.Scope.User, Amount = 0, DryRun = true, As = caller.Credentials }, cancellationToken);
        // A spent budget does not keep anybody from looking, nor do limits of calls.
        if (!answer.Allowed && answer.Reason is not ("budget_exceeded" or "rate_limited" or "model_not_allowed")) throw new BudgetDeniedException(answer);
    }

    private static string? FaultOf(HttpRequest request)
    {
        if (request.Headers.Upgrade.Count > 0 || HttpMethods.IsConnect(request.Method)) return "What goes over a connection of its own cannot be put under a budget.";
        return request.HttpContext.Features.Get<IHttpExtendedConnectFeature>()?.IsExtendedConnect == true ? "What goes over a stream of its own cannot be put under a budget." : null;
    }

    private async Task<byte[]> ReadAsync(HttpContext context, RequestBytes bytes)
    {
        var max = options.Value.MaxRequestBytes;
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } feature) feature.MaxRequestBodySize = max;
        var read = await bytes.ReadAsync(context.Request, max, options.Value.RequestWithin);
        // For what is passed on without being put under a budget.
        context.Request.Body = new MemoryStream(read);
        return read;
    }
}
