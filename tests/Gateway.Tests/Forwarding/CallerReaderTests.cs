using BudgetEngine.Client;
using BudgetEngine.Gateway.Callers;
using BudgetEngine.Gateway.Configuration;
using BudgetEngine.TestKit.Machine;
using BudgetEngine.TestKit.Waiting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace BudgetEngine.Gateway.Tests.Forwarding;

/// <summary>What the gateway knows of its callers while the engine is away.</summary>
public sealed class CallerReaderTests
{
    [Theory]
    [InlineData("Bearer bk_known")]
    [InlineData("sk-of-a-provider")]
    public async Task Caller_OfAnEngineThatIsAway_IsWhoItWas(string authorization)
    {
        // Gateway:OnOutage decides whether calls go on: it could not, if nobody knew any more who asks.
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        await using var engine = builder.Build();
        var address = $"http://127.0.0.1:{FreePort.Next()}";
        engine.Urls.Add(address);
        engine.MapGet("/v1/keys/self", () => Results.Json(new { id = "k", scopes = Array.Empty<string>(), cost_center = "acme/eng" }));
        await engine.StartAsync();
        var clock = new ManualClock(DateTimeOffset.UnixEpoch);
        await using var client = new EngineClient(Options.Create(new GatewayOptions { Engine = address, EngineTimeout = TimeSpan.FromSeconds(5) }), null!, TimeProvider.System, NullLogger<BudgetClient>.Instance);
        var callers = new CallerReader(client, clock);
        Assert.Equal("acme/eng", (await ReadAsync(authorization)).Scope.CostCenter);
        await engine.StopAsync();
        clock.Advance(TimeSpan.FromHours(1));

        Assert.Equal("acme/eng", (await ReadAsync(authorization)).Scope.CostCenter);
        await Assert.ThrowsAsync<EngineUnavailableException>(() => ReadAsync("Bearer bk_unknown"));

        Task<Caller> ReadAsync(string value) => callers.ReadAsync(new DefaultHttpContext { Request = { Headers = { Authorization = value } } });
    }
}
