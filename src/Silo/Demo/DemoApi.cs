using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using BudgetEngine.Api.Keys;

namespace BudgetEngine.Silo.Demo;

/// <summary>The public API as the demo calls it. Nothing of the demo has a way into the engine that a stranger's program would not have.</summary>
internal sealed class DemoApi : IDisposable
{
    private static readonly JsonSerializerOptions _json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    private readonly HttpClient _client;

    public DemoApi(Uri address)
    {
        _client = new HttpClient { BaseAddress = address };
        if (Environment.GetEnvironmentVariable(KeysOptions.AdminKeyVariable) is { Length: > 0 } key) _client.DefaultRequestHeaders.Add("X-Budget-Key", key);
    }

    public Uri Address => _client.BaseAddress!;

    /// <summary>What a command line needs besides, where keys are asked for.</summary>
    public string KeyOption => _client.DefaultRequestHeaders.Contains("X-Budget-Key") ? " -H \"X-Budget-Key: $BUDGET_ADMIN_KEY\"" : "";

    public async Task<JsonObject> GetAsync(string path, CancellationToken stopping) => await _client.GetFromJsonAsync<JsonObject>(path, stopping) ?? [];

    /// <summary>The answer, whatever it says.</summary>
    public async Task<JsonObject> PostAsync(string path, object body, CancellationToken stopping)
    {
        using var answer = await _client.PostAsJsonAsync(path, body, stopping);
        return await answer.Content.ReadFromJsonAsync<JsonObject>(stopping) ?? [];
    }

    /// <summary>Fails unless the answer is a success or has one of the statuses that are fine, too.</summary>
    public async Task SendAsync(string method, string path, string body, CancellationToken stopping, params HttpStatusCode[] fine)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = new StringContent(body, null, "application/json") };
        await SendAsync(request, stopping, fine);
    }

    /// <summary>Sets a budget, unless there is one: whoever has edited it keeps it.</summary>
    public async Task AddBudgetAsync(string costCenter, string body, CancellationToken stopping)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, $"/v1/budgets/{costCenter}") { Content = new StringContent(body, null, "application/json") };
        request.Headers.IfNoneMatch.Add(EntityTagHeaderValue.Any);
        await SendAsync(request, stopping, HttpStatusCode.PreconditionFailed);
    }

    /// <summary>Posts usage as NDJSON: how many records were new, known, and refused.</summary>
    public async Task<(int Recorded, int Duplicates, int Rejected)> PostUsageAsync(IReadOnlyList<DemoRecord> records, CancellationToken stopping)
    {
        using var content = new StringContent(string.Join('\n', records.Select(r => JsonSerializer.Serialize(r, _json))), null, "application/x-ndjson");
        using var answer = await _client.PostAsync("/v1/usage", content, stopping);
        var told = await answer.Content.ReadFromJsonAsync<JsonObject>(stopping);
        if (!answer.IsSuccessStatusCode) throw new InvalidOperationException($"POST /v1/usage: {told}");
        return ((int)told!["recorded"]!, (int)told["duplicates"]!, (int)told["rejected"]!);
    }

    public void Dispose() => _client.Dispose();

    private async Task SendAsync(HttpRequestMessage request, CancellationToken stopping, params HttpStatusCode[] fine)
    {
        using var answer = await _client.SendAsync(request, stopping);
        if (answer.IsSuccessStatusCode || fine.Contains(answer.StatusCode)) return;
        throw new InvalidOperationException($"{request.Method} {request.RequestUri}: {await answer.Content.ReadAsStringAsync(stopping)}");
    }
}
