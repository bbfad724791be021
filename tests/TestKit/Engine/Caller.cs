using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using BudgetEngine.TestKit.Waiting;

namespace BudgetEngine.TestKit.Engine;

/// <summary>An HTTP client of one engine.</summary>
/// <param name="handler">What carries the requests; null: connections to the address.</param>
public sealed class Caller(Uri address, string? key = null, HttpMessageHandler? handler = null) : IDisposable
{
    private readonly HttpClient _http = new(handler ?? new SocketsHttpHandler { MaxConnectionsPerServer = 128 })
    {
        BaseAddress = address,
        Timeout = TimeSpan.FromSeconds(60),
        DefaultRequestHeaders = { Authorization = key is null ? null : new AuthenticationHeaderValue("Bearer", key) },
    };

    public Task<Answer> GetAsync(string path) => SendAsync(HttpMethod.Get, path, null);

    public Task<Answer> DeleteAsync(string path) => SendAsync(HttpMethod.Delete, path, null);

    public Task<Answer> PutAsync(string path, object body) => SendAsync(HttpMethod.Put, path, Json(body));

    public Task<Answer> PostAsync(string path, object body) => SendAsync(HttpMethod.Post, path, Json(body));

    public Task<Answer> PostNdJsonAsync(string path, IEnumerable<object> records) =>
        SendAsync(HttpMethod.Post, path, Text(string.Join('\n', records.Select(r => JsonSerializer.Serialize(r))), "application/x-ndjson"));

    public Task<Answer> PostTextAsync(string path, string json) => SendAsync(HttpMethod.Post, path, Text(json, "application/json"));

    public async Task<Answer> CheckAsync(string costCenter, decimal amount, string? requestId = null, int? ttlSeconds = null, string? user = null) =>
        await PostAsync("/v1/check", Without.Nulls(new { cost_center = costCenter, amount, request_id = requestId, ttl_seconds = ttlSeconds, user }));

    public Task<Answer> ReportAsync(string requestId, string costCenter, decimal cost) =>
        PostAsync("/v1/usage", new { request_id = requestId, cost_center = costCenter, cost });

    public Task<Answer> SettleAsync(string requestId, string reservationId, decimal cost, bool final = true) =>
        PostAsync("/v1/usage", new { request_id = requestId, reservation_id = reservationId, cost, final });

    public async Task SetBudgetAsync(string costCenter, object budget)
    {
        var answer = await PutAsync($"/v1/budgets/{costCenter}", budget);
        Assert.True(answer.Status is 200 or 201, $"PUT budget of {costCenter}: {answer.Status} {answer.Text}");
    }

    /// <summary>The limited windows of a path, as (cost center, period) to the figures.</summary>
    public async Task<IReadOnlyList<WindowFacts>> LimitsAsync(string costCenter)
    {
        var body = (await GetAsync($"/v1/limits?cost_center={costCenter}")).Is(200);
        return [.. body.GetProperty("items").EnumerateArray().Select(w => new WindowFacts(w))];
    }

    /// <summary>One limited window. A busy machine may pass the deadline of the answer, which then names none: it is asked again.</summary>
    public Task<WindowFacts> LimitAsync(string costCenter, string period = "daily") => Eventually.GetAsync(
        $"the {period} window of {costCenter}", async () => (await LimitsAsync(costCenter)).SingleOrDefault(w => w.CostCenter == costCenter && w.User is null && w.Period == period));

    public async Task<JsonElement> CostCenterAsync(string costCenter) => (await GetAsync($"/v1/cost-centers/{costCenter}")).Is(200);

    /// <summary>Fails unless rows, balances and grains agree in the whole ledger.</summary>
    public async Task<long> AssertConsistentAsync()
    {
        var answer = await GetAsync("/v1/consistency");
        var body = answer.Is(200);
        Assert.True(body.GetProperty("consistent").GetBoolean(), answer.Text);
        return body.GetProperty("rows_checked").GetInt64();
    }

    public async Task<List<Row>> ExportAsync(string? under = null)
    {
        var answer = await GetAsync("/v1/export/usage" + (under is null ? "" : $"?cost_center={under}"));
        Assert.True(answer.Status == 200, answer.Text);
        return [.. answer.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Row.Parse)];
    }

    public async Task<string> ReadyAsync() => (await GetAsync("/health/ready")).Body.GetProperty("status").GetString()!;

    public async Task<Answer> SendAsync(HttpMethod method, string path, HttpContent? content)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        using var response = await _http.SendAsync(request);
        return new Answer((int)response.StatusCode, await response.Content.ReadAsStringAsync(), response.Headers);
    }

    public void Dispose() => _http.Dispose();

    private static StringContent Json(object body) => Text(JsonSerializer.Serialize(body), "application/json");

    private static StringContent Text(string text, string type) => new(text, Encoding.UTF8, new MediaTypeHeaderValue(type));
}
