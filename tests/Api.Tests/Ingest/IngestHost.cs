using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using BudgetEngine.Api.Tests.Harness;

namespace BudgetEngine.Api.Tests.Ingest;

/// <summary>A host with keys and a few prices: gpt-4.1 at 2 / 8 per million tokens, sonnet at 3 / 15. Every test has a tenant of its own, and a key for it.</summary>
public sealed class IngestHost : IAsyncLifetime
{
    public const string Admin = KeyedHost.Admin;

    private int _tenants;

    public ApiHost Api { get; private set; } = default!;

    public async Task InitializeAsync()
    {
        Api = await ApiHost.StartAsync([$"--BUDGET_ADMIN_KEY={KeyedHost.AdminKey}", "--AutoCreateTenants=true"]);
        await PriceAsync("gpt-4.1", """{"input":2,"output":8,"cached_input":0.5,"effective_from":"2020-01-01T00:00:00Z"}""");
        await PriceAsync("sonnet", """{"input":3,"output":15,"cached_input":0.3,"cache_write":3.75,"effective_from":"2020-01-01T00:00:00Z"}""");
    }

    public async Task DisposeAsync() => await Api.DisposeAsync();

    public async Task<IngestTenant> NewTenantAsync(string below = "")
    {
        var path = $"t{Interlocked.Increment(ref _tenants)}{below}";
        var reply = await Api.SendAsync("POST", "/v1/keys", $$"""{"name":"ingest","scopes":["usage"],"cost_center":"{{path}}"}""", Admin);
        reply.Expect(HttpStatusCode.Created);
        return new IngestTenant(Api, path, $"X-Budget-Key: {reply.Json["key"]}");
    }

    private async Task PriceAsync(string model, string price) => (await Api.SendAsync("PUT", $"/v1/prices/{model}", price, Admin)).Expect(HttpStatusCode.Created);
}

[CollectionDefinition(nameof(IngestHost))]
public sealed class IngestHosts : ICollectionFixture<IngestHost>;

/// <summary>A cost center that a key is for, and what is booked there.</summary>
public sealed record IngestTenant(ApiHost Api, string Path, string Key)
{
    public Task<ApiReply> PostAsync(string route, string body, params string[] headers) => Api.SendAsync("POST", route, body, [Key, .. headers]);

    public Task<ApiReply> LiteLlmAsync(params JsonNode[] payloads) => PostAsync("/v1/ingest/litellm", new JsonArray([.. payloads.Select(p => p.DeepClone())]).ToJsonString());

    /// <summary>Rows, oldest first.</summary>
    public async Task<JsonNode[]> RowsAsync()
    {
        var reply = await Api.SendAsync("GET", $"/v1/usage?limit=500&cost_center={Path}", null, IngestHost.Admin);
        return [.. reply.Expect(HttpStatusCode.OK).Json["items"]!.AsArray().Reverse().Select(r => r!)];
    }

    public async Task<decimal> SpentAsync() => (await RowsAsync()).Sum(r => r["cost"]!.GetValue<decimal>());

    /// <summary>One line per record: result, cost, flags; of a rejected one its code and the fields named.</summary>
    public static string[] Lines(ApiReply reply) => [.. reply.Expect(HttpStatusCode.OK).Json["results"]!.AsArray().Select(r => Line(r!))];

    private static string Line(JsonNode result) => (string)result["result"]! == "rejected"
        ? string.Join(' ', [(string)result["code"]!, .. result["errors"]?.AsObject().Select(e => e.Key) ?? []])
        : string.Join(' ', [(string)result["result"]!, result["cost"]!.GetValue<decimal>().ToString(CultureInfo.InvariantCulture), .. result["flags"]!.AsArray().Select(f => (string)f!).Where(f => f is not ("no_reservation" or "new_cost_center"))]);
}
