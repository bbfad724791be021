using System.Net;
using BudgetEngine.Client;
using BudgetEngine.Client.Http;
using BudgetEngine.Client.Providers;
using BudgetEngine.Gateway.Configuration;
using BudgetEngine.Gateway.Tokens;
using Microsoft.AspNetCore.Http;

namespace BudgetEngine.Gateway.Forwarding;

/// <summary>A provider and the way to it: YARP forwards, and the client's own handler puts each call under its budget.</summary>
internal sealed class Upstream : IDisposable
{
    private readonly string _prefix;

    public Upstream(string name, UpstreamOptions settings, GatewayOptions options, BudgetClient client)
    {
        (Format, ApiKey, BaseUrl, _prefix) = (settings.Format, settings.ApiKey, settings.BaseUrl.TrimEnd('/'), $"/{name}");
        var connections = new SocketsHttpHandler
        {
            UseProxy = false, AllowAutoRedirect = false, UseCookies = false, AutomaticDecompression = DecompressionMethods.None, EnableMultipleHttp2Connections = true,
            PooledConnectionLifetime = TimeSpan.FromMinutes(10),
        };
        Http = new HttpMessageInvoker(new BudgetHandler(
            client,
            new BudgetHandlerOptions
            {
                // Every request says who pays.
                CostCenter = name, Format = settings.Format, Provider = name, LowersMaxTokens = options.LowersMaxTokens, MaxRetries = options.MaxRetries,
                Timeout = options.UpstreamTimeout, MaxRequestBytes = options.MaxRequestBytes, MaxAnswerBytes = options.MaxAnswerBytes, TokenCounters = ModelTokenizers.Of,
            })
        {
            InnerHandler = connections,
        });
    }

    public ProviderFormat Format { get; }

    public string? ApiKey { get; }

    public string BaseUrl { get; }

    public HttpMessageInvoker Http { get; }

    /// <summary><c>/NAME/v1/x</c> and <c>/NAME/x</c> are both <c>BaseUrl</c> and <c>/x</c>: libraries differ in whether their base address has the version.</summary>
    public Uri Destination(HttpRequest request)
    {
        var path = request.Path.ToUriComponent()[_prefix.Length..];
        if (path.StartsWith("/v1/", StringComparison.Ordinal)) path = path[3..];
        return new Uri(BaseUrl + path + request.QueryString.ToUriComponent());
    }

    /// <summary>
    /// Whether a provider that decodes the path sees a step up in it. What the caller has encoded twice comes here encoded once, and encoded separators were left alone;
    /// what lies beside the provider's address may be others', and the operator's key goes along.
    /// </summary>
    public static bool LeadsOut(HttpRequest request) => Uri.UnescapeDataString(request.Path.Value!).Split('/', '\\').Contains("..");

    public void Dispose() => Http.Dispose();
}
