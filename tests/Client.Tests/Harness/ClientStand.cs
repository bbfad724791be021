using System.Text;
using BudgetEngine.Client.Http;
using BudgetEngine.TestKit.Providers;

namespace BudgetEngine.Client.Tests.Harness;

/// <summary>A real engine, shared; tests use tenants of their own.</summary>
public sealed class ClientStand : IAsyncLifetime
{
    public PricedEngine Priced { get; } = new();

    public async Task InitializeAsync() => await Priced.StartAsync(adminKey: null);

    public async Task DisposeAsync() => await Priced.DisposeAsync();

    /// <summary>The machines of tests are busy: a slow answer is no outage.</summary>
    public BudgetClientOptions Options => new() { Address = Priced.Engine.Address, Timeout = TimeSpan.FromSeconds(20) };

    public BudgetClient NewClient() => new(Options);

    /// <summary>Fails unless the tenant's spend is exactly what the provider bills, with nothing held.</summary>
    public async Task AssertSpentIsBilledAsync(string costCenter, FakeProvider provider)
    {
        var limit = await Priced.LimitOfAsync(costCenter);
        Assert.Equal(provider.Total, TestKit.Engine.Nano.ToUnits(limit.Spent));
        Assert.Equal(0, limit.Held);
    }

    public static HttpClient NewHttp(BudgetClient client, FakeProvider provider, BudgetHandlerOptions options) =>
        new(new BudgetHandler(client, options) { InnerHandler = new SocketsHttpHandler() }) { BaseAddress = provider.Address };

    /// <summary>A request in a provider's format; the prompt orders what the fake provider does.</summary>
    public static HttpRequestMessage Ask(string path, string prompt, bool stream = false, string more = "") => new(HttpMethod.Post, path)
    {
        Content = new StringContent(
            $$"""{"model":"{{PricedEngine.Model}}","max_tokens":50,"messages":[{"role":"user","content":"{{prompt}}"}],"stream":{{(stream ? "true" : "false")}}{{more}}}""",
            Encoding.UTF8, "application/json"),
    };
}

[CollectionDefinition(nameof(ClientStand))]
public sealed class ClientStandCollection : ICollectionFixture<ClientStand>;
