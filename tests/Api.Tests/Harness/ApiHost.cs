using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using BudgetEngine.Silo.Hosting;
using BudgetEngine.TestKit.Waiting;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace BudgetEngine.Api.Tests.Harness;

/// <summary>The real host in this process, on a free port, over a ledger of its own.</summary>
public sealed class ApiHost : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly DirectoryInfo _data;
    private readonly HttpClient _client;

    private ApiHost(WebApplication app, DirectoryInfo data)
    {
        _app = app;
        _data = data;
        _client = new HttpClient { BaseAddress = Address, Timeout = TimeSpan.FromSeconds(30) };
    }

    public Uri Address => new(_app.Urls.First());

    public IServiceProvider Services => _app.Services;

    public string LedgerFile => Path.Combine(_data.FullName, "ledger.db");

    public static async Task<ApiHost> StartAsync(string[] configuration, Action<IServiceCollection>? configure = null)
    {
        var data = Directory.CreateTempSubdirectory("budget-api-");
        var app = BudgetHost.Build(
            ["--urls=http://127.0.0.1:0", $"--Ledger:DataDirectory={data.FullName}", "--Logging:LogLevel:Default=Error", .. configuration], configure);
        await app.StartAsync();
        var host = new ApiHost(app, data);
        await Eventually.HoldsAsync("the host is ready", async () => (await host.SendAsync("GET", "/health/ready")).Status == HttpStatusCode.OK, 30);
        return host;
    }

    public async Task<ApiReply> SendAsync(HttpRequestMessage request)
    {
        using var response = await _client.SendAsync(request);
        return new ApiReply(response.StatusCode, response.Headers, response.Content.Headers.ContentType?.MediaType, await response.Content.ReadAsStringAsync());
    }

    /// <summary>A request; the body is sent as JSON. Headers as <c>name: value</c>.</summary>
    public Task<ApiReply> SendAsync(string method, string path, string? body = null, params string[] headers)
    {
        var request = new HttpRequestMessage(new HttpMethod(method), new Uri(Address, path));
        if (body is not null) request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
        foreach (var header in headers)
        {
            var colon = header.IndexOf(':');
            var (name, value) = (header[..colon], header[(colon + 1)..].Trim());
            if (request.Content is not null && name.StartsWith("Content-", StringComparison.OrdinalIgnoreCase))
            {
                request.Content.Headers.Remove(name);
                request.Content.Headers.TryAddWithoutValidation(name, value);
            }
            else
            {
                request.Headers.TryAddWithoutValidation(name, value);
            }
        }

        return SendAsync(request);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
        _data.Delete(recursive: true);
    }
}

/// <summary>An answer, read whole.</summary>
public sealed record ApiReply(HttpStatusCode Status, HttpResponseHeaders Headers, string? MediaType, string Body)
{
    public JsonNode Json => JsonNode.Parse(Body)!;

    public string? Code => (string?)Json["code"];

    public string? Header(string name) => Headers.TryGetValues(name, out var values) ? string.Join(",", values) : null;

    public string[] ErrorFields => Json["errors"] is JsonObject errors ? [.. errors.Select(e => e.Key)] : [];

    /// <summary>The answer, or a failure that shows it.</summary>
    public ApiReply Expect(HttpStatusCode status)
    {
        Assert.True(Status == status, $"expected {(int)status}, got {(int)Status}: {Body}");
        return this;
    }

    public ApiReply ExpectProblem(int status, string code)
    {
        Assert.True((int)Status == status && MediaType == "application/problem+json" && Code == code, $"expected {status} {code}, got {(int)Status} {MediaType}: {Body}");
        foreach (var member in new[] { "type", "title", "status", "code", "detail", "request_id" }) Assert.NotNull(Json[member]);
        return this;
    }
}
