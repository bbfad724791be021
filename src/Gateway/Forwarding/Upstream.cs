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

    public void Dispose() => Http.Dispose();
}
