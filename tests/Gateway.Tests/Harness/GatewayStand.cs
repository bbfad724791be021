using System.Text;
using System.Text.Json;
using BudgetEngine.TestKit.Engine;
using BudgetEngine.TestKit.Providers;
using BudgetEngine.TestKit.Waiting;

namespace BudgetEngine.Gateway.Tests.Harness;

/// <summary>A silo with the gateway, before a provider that bills what it produced. Tests use tenants of their own, and begin with a bill of nothing.</summary>
public sealed class GatewayStand : IAsyncLifetime
{
    public const string AdminKey = "an-admin-key-of-enough-characters-for-tests";
    public const string ProviderKey = "sk-of-the-operator";

    /// <summary>One caller has half of it.</summary>
    public const int RoomBytes = 2 * 1024 * 1024;

    public const string OpenAi = "/openai/v1/chat/completions";
    public const string Anthropic = "/anthropic/v1/messages";

    public PricedEngine Priced { get; } = new();

    public FakeProvider Provider { get; private set; } = default!;

    public Uri Address => Priced.Engine.Address;

    public HttpClient Http { get; private set; } = default!;

    public async Task InitializeAsync()
    {
        Provider = await FakeProvider.StartAsync();
        await Priced.StartAsync(AdminKey, ["--Gateway:Enabled=true", .. UpstreamsOf(Provider), "--Gateway:UpstreamTimeout=00:00:10", "--Gateway:EngineTimeout=00:00:20",
            $"--Gateway:MaxBufferedBytes={RoomBytes}", $"--Gateway:MaxRequestBytes={RoomBytes / 2}"]);
        Http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 256 }) { BaseAddress = Address };
    }

    public async Task DisposeAsync()
    {
        Http?.Dispose();
        await Priced.DisposeAsync();
        await Provider.DisposeAsync();
    }

    public static string[] UpstreamsOf(FakeProvider provider) =>
    [
        $"--Gateway:Upstreams:openai:BaseUrl={provider.Address}v1", $"--Gateway:Upstreams:openai:ApiKey={ProviderKey}",
        $"--Gateway:Upstreams:anthropic:BaseUrl={provider.Address}v1", $"--Gateway:Upstreams:anthropic:ApiKey={ProviderKey}", "--Gateway:Upstreams:anthropic:Format=anthropic",
        "--Gateway:Upstreams:dead:BaseUrl=http://127.0.0.1:9/v1",
    ];

    /// <summary>A tenant with a key that may ask and settle below it.</summary>
    public async Task<(string Key, string CostCenter)> NewTeamAsync(decimal daily = 1_000, object? gateway = null)
    {
        Provider.Bills.Clear();
        Provider.Requests.Clear();
        var costCenter = await Priced.NewCostCenterAsync(daily);
        // The same limit where the key may see it.
        await Priced.Caller.SetBudgetAsync(costCenter, new { daily });
        var made = await Priced.Caller.PostAsync("/v1/keys", new { name = "team", scopes = new[] { "check", "usage" }, cost_center = costCenter, gateway });
        return (made.Is(201).GetProperty("key").GetString()!, costCenter);
    }

    /// <summary>What the tenant spent is what the provider bills, and nothing is held: once the calls under way have been settled.</summary>
    public async Task AssertSpentIsBilledAsync(string costCenter)
    {
        await Eventually.HoldsAsync("the provider is idle", () => Provider.UnderWay == 0);
        WindowFacts? last = null;
        try
        {
            await Eventually.HoldsAsync("spent is billed", async () => (last = await Priced.LimitOfAsync(costCenter)).Held == 0 && Nano.ToUnits(last.Spent) == Provider.Total);
        }
        catch (TimeoutException)
        {
            Assert.Fail($"The provider bills {Provider.Total}, but: {last}");
        }
    }

    public static HttpRequestMessage Ask(string path, string key, string prompt, bool stream = false, string more = "")
    {
        var body = JsonSerializer.Serialize(prompt);
        return new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = new StringContent(
                $$"""{ "model":"{{PricedEngine.Model}}", "max_tokens":50,"messages":[{"role":"user","content":{{body}}}],"stream":{{(stream ? "true" : "false")}}{{more}}}""",
                Encoding.UTF8, "application/json"),
            Headers = { { "Authorization", $"Bearer {key}" } },
        };
    }

    public Task<HttpResponseMessage> SendAsync(string path, string key, string prompt, bool stream = false, string more = "") =>
        Http.SendAsync(Ask(path, key, prompt, stream, more), HttpCompletionOption.ResponseHeadersRead);
}

[CollectionDefinition(nameof(GatewayStand))]
public sealed class GatewayStandCollection : ICollectionFixture<GatewayStand>;
