using System.Net;
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
public sealed class CallerReaderTests : IAsyncLifetime
{
    private readonly ManualClock _clock = new(DateTimeOffset.UnixEpoch);
    private WebApplication _engine = null!;
    private EngineClient _client = null!;
    private CallerReader _callers = null!;
    private int _status = StatusCodes.Status200OK;
    private string[] _scopes = ["check", "usage"];

    public async Task InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        _engine = builder.Build();
        var address = $"http://127.0.0.1:{FreePort.Next()}";
        _engine.Urls.Add(address);
        _engine.MapGet("/v1/keys/self", () => Results.Json(new { id = "k", scopes = _scopes, cost_center = "acme/eng", code = "unauthorized" }, statusCode: _status));
        await _engine.StartAsync();
        _client = new EngineClient(Options.Create(new GatewayOptions { Engine = address, EngineTimeout = TimeSpan.FromSeconds(5) }), null!, TimeProvider.System, NullLogger<BudgetClient>.Instance);
        _callers = new CallerReader(_client, _clock);
    }

    public async Task DisposeAsync()
    {
        await _client.DisposeAsync();
        await _engine.DisposeAsync();
    }

    [Theory]
    [InlineData("Bearer bk_known")]
    [InlineData("sk-of-a-provider")]
    public async Task Caller_OfAnEngineThatIsAway_IsWhoItWas(string authorization)
    {
        // Gateway:OnOutage decides whether calls go on: it could not, if nobody knew any more who asks.
        Assert.Equal("acme/eng", (await ReadAsync(authorization)).Scope.CostCenter);
        await _engine.StopAsync();
        _clock.Advance(TimeSpan.FromHours(1));

        Assert.Equal("acme/eng", (await ReadAsync(authorization)).Scope.CostCenter);
        await Assert.ThrowsAsync<EngineUnavailableException>(() => ReadAsync("Bearer bk_unknown"));
    }

    [Fact]
    public async Task Key_ThatTheEngineHasRefused_IsNobodysWhileItIsAway()
    {
        await ReadAsync("Bearer bk_revoked");
        _clock.Advance(TimeSpan.FromMinutes(1));
        _status = StatusCodes.Status401Unauthorized;
        await Assert.ThrowsAsync<BudgetEngineException>(() => ReadAsync("Bearer bk_revoked"));
        await _engine.StopAsync();

        await Assert.ThrowsAsync<EngineUnavailableException>(() => ReadAsync("Bearer bk_revoked"));
    }

    [Theory]
    [InlineData("check")]
    [InlineData("usage")]
    [InlineData("check", "read")]
    public async Task Key_ThatMayNotCheckAndPost_IsRefused(params string[] scopes)
    {
        // It would be allowed, and forwarded, and nothing of what it cost would be booked.
        _scopes = scopes;
        var refused = await Assert.ThrowsAsync<BudgetEngineException>(() => ReadAsync("Bearer bk_half"));
        Assert.Equal((HttpStatusCode.Forbidden, "missing_scope"), (refused.Status, refused.Code));
    }

    private Task<Caller> ReadAsync(string authorization) => _callers.ReadAsync(new DefaultHttpContext { Request = { Headers = { Authorization = authorization } } });
}
