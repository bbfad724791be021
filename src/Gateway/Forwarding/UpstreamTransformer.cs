using System.Net.Http.Headers;
using BudgetEngine.Client.Http;
using BudgetEngine.Client.Providers;
using BudgetEngine.Gateway.Callers;
using Microsoft.AspNetCore.Http;
using Yarp.ReverseProxy.Forwarder;

namespace BudgetEngine.Gateway.Forwarding;

/// <summary>A request on its way to the provider: its address, its key, and without anything that is for us alone.</summary>
/// <param name="body">Of a call to a model, which was read already; null: whatever else is passed on.</param>
/// <param name="bytes">The room of the body, and of the answer.</param>
internal sealed class UpstreamTransformer(Upstream upstream, Caller caller, byte[]? body, RequestBytes bytes) : HttpTransformer
{
    private static readonly string[] ForUs = [BudgetKey.Header, "X-Cost-Center", "X-User-ID", "X-Session-ID", "Cookie", "Forwarded", "X-Real-IP"];

    public override async ValueTask TransformRequestAsync(HttpContext context, HttpRequestMessage request, string destinationPrefix, CancellationToken cancellationToken)
    {
        await base.TransformRequestAsync(context, request, destinationPrefix, cancellationToken);
        request.RequestUri = upstream.Destination(context.Request);
        request.Headers.Host = null;
        foreach (var name in request.Headers.NonValidated.Select(h => h.Key).ToList())
        {
            if (IsForUs(name)) request.Headers.Remove(name);
        }

        if (BudgetKey.IsBudgetKey(context.Request.Headers.Authorization)) request.Headers.Authorization = null;
        if (BudgetKey.IsBudgetKey(context.Request.Headers["x-api-key"])) request.Headers.Remove("x-api-key");
        AddKey(request.Headers);
        if (body is not null) request.Options.Set(RequestBudget.Key, new RequestBudget(caller.Scope, caller.Credentials, context.Request.Path, body, bytes.Keep, bytes.TryTake));
    }

    /// <summary>The caller's own key of the provider, where it brings one, is better than ours.</summary>
    private void AddKey(HttpRequestHeaders headers)
    {
        if (upstream.ApiKey is not { } key || headers.Contains("Authorization") || headers.Contains("x-api-key")) return;
        if (upstream.Format == ProviderFormat.Anthropic) headers.TryAddWithoutValidation("x-api-key", key);
        else headers.TryAddWithoutValidation("Authorization", $"Bearer {key}");
    }

    private static bool IsForUs(string name) =>
        ForUs.Contains(name, StringComparer.OrdinalIgnoreCase)
        || name.StartsWith("X-Budget-", StringComparison.OrdinalIgnoreCase) || name.StartsWith("X-Forwarded-", StringComparison.OrdinalIgnoreCase);
}
