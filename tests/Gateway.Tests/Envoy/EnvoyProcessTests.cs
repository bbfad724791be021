using System.Net;
using BudgetEngine.Silo.Hosting;
using BudgetEngine.TestKit.Engine;
using BudgetEngine.TestKit.Machine;
using BudgetEngine.TestKit.Waiting;
using Grpc.Core;
using Grpc.Net.Client;
using AuthorizationClient = BudgetEngine.Envoy.Protocol.Authorization.AuthorizationClient;

namespace BudgetEngine.Gateway.Tests.Envoy;

/// <summary>The port, and what Envoy sees of an engine that stands still.</summary>
public sealed class EnvoyProcessTests
{
    [Fact]
    public async Task Check_WhileTheEngineStandsStill_EndsAtTheCallersDeadline_AndHoldsNothing()
    {
        using var store = Store.NewSqlite();
        var port = FreePort.Next();
        await using var engine = await EngineProcess.StartAsync(store, $"--Envoy:Url=http://127.0.0.1:{port}", "--Check:Deadline=00:00:10");
        await engine.Caller.SetBudgetAsync("acme", new { daily = 10 });
        using var channel = GrpcChannel.ForAddress($"http://127.0.0.1:{port}");
        var client = new AuthorizationClient(channel);
        var ask = AuthorizationTests.Ask(("x-cost-center", "acme/search"), ("x-budget-amount", "0.5"));
        // Open mode serves a local caller, as over HTTP.
        var answer = await client.CheckAsync(ask);
        Assert.Equal(0, answer.Status.Code);
        (await engine.Caller.DeleteAsync($"/v1/reservations/{answer.DynamicMetadata.Fields["reservation_id"].StringValue}")).Is(200);
        // Whatever is granted after the caller has gone, and too early to notice that, lapses.
        var admins = (await engine.Caller.PostAsync("/v1/keys", new { name = "admin", scopes = new[] { "admin" } })).Is(201).GetProperty("key").GetString()!;
        using var admin = new Caller(engine.Address, admins);
        var made = await admin.PostAsync("/v1/keys", new { name = "envoy", scopes = new[] { "check" }, cost_center = "acme", gateway = new { trust = new[] { "X-Cost-Center", "X-Budget-Amount" }, ttl_seconds = 5 } });
        var key = new Metadata { { "x-budget-key", made.Is(201).GetProperty("key").GetString()! } };
        await Signals.StopAsync(engine.Id);
        var late = await Assert.ThrowsAsync<RpcException>(() => client.CheckAsync(ask, key, deadline: DateTime.UtcNow.AddMilliseconds(200)).ResponseAsync);
        Assert.Equal(StatusCode.DeadlineExceeded, late.StatusCode);
        Signals.Continue(engine.Id);
        await Eventually.HoldsAsync("the engine answers again and holds nothing", async () => (await admin.LimitAsync("acme")).Held == 0);
        Assert.Equal(0, (await client.CheckAsync(ask, key)).Status.Code);
    }

    [Fact]
    public async Task Port_NotConfigured_IsNotServed()
    {
        using var store = Store.NewSqlite();
        await using var engine = await EngineProcess.StartAsync(store);
        using var http = new HttpClient { DefaultRequestVersion = HttpVersion.Version11 };
        using var content = new ByteArrayContent([0, 0, 0, 0, 0]) { Headers = { { "Content-Type", "application/grpc" } } };
        Assert.Equal(HttpStatusCode.NotFound, (await http.PostAsync(new Uri(engine.Address, "/envoy.service.auth.v3.Authorization/Check"), content)).StatusCode);
    }

    [Theory]
    [InlineData("http://127.0.0.1:18080")]
    [InlineData("http://127.0.0.1:80x80")]
    public void Port_ThatIsTheApisOrNone_DoesNotStart(string url) =>
        Assert.Throws<FormatException>(() => BudgetHost.Build(["--urls=http://127.0.0.1:18080", $"--Envoy:Url={url}"]));
}
