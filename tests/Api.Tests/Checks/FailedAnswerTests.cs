using System.Diagnostics.Metrics;
using System.Net;
using BudgetEngine.Api.Tests.Harness;
using Microsoft.Extensions.DependencyInjection;

namespace BudgetEngine.Api.Tests.Checks;

/// <summary>An answer that cannot be passed on: its hold goes back, since nobody has heard of it.</summary>
public sealed class FailedAnswerTests : IAsyncLifetime
{
    private readonly MeterListener _listener = new();
    private ApiHost _api = default!;
    private bool _fails;

    public async Task InitializeAsync()
    {
        _api = await ApiHost.StartAsync([$"--BUDGET_ADMIN_KEY={KeyedHost.AdminKey}"]);
        (await _api.SendAsync("PUT", "/v1/budgets/failed", """{"daily":10}""", KeyedHost.Admin)).Expect(HttpStatusCode.Created);
        var scope = _api.Services.GetRequiredService<IMeterFactory>();
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (ReferenceEquals(instrument.Meter.Scope, scope) && instrument.Name == "budget.check.duration") listener.EnableMeasurementEvents(instrument);
        };
        // What runs between the decision and the answer.
        _listener.SetMeasurementEventCallback<double>((_, _, _, _) =>
        {
            if (_fails) throw new InvalidOperationException("The test breaks the answer.");
        });
        _listener.Start();
    }

    public async Task DisposeAsync()
    {
        _listener.Dispose();
        await _api.DisposeAsync();
    }

    [Fact]
    public async Task Check_WhoseAnswerFails_HoldsNothing()
    {
        _fails = true;
        for (var i = 0; i < 20; i++) (await CheckAsync("")).ExpectProblem(500, "internal_error");
        _fails = false;
        Assert.Equal(0, await HeldAsync());
        (await CheckAsync("")).Expect(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Authorize_WhoseAnswerFails_HoldsNothing()
    {
        var made = await _api.SendAsync(
            "POST", "/v1/keys", """{"name":"gw","scopes":["check"],"cost_center":"failed","gateway":{"trust":["X-Session-ID"],"default_amount":1}}""", KeyedHost.Admin);
        var key = $"X-Budget-Key: {made.Expect(HttpStatusCode.Created).Json["key"]}";
        _fails = true;
        for (var i = 0; i < 20; i++) (await _api.SendAsync("GET", "/v1/authorize", null, key)).ExpectProblem(500, "internal_error");
        _fails = false;
        Assert.Equal(0, await HeldAsync());
    }

    [Fact]
    public async Task Check_RepeatedUnderItsId_KeepsTheHoldThatTheFirstWasAnsweredWith()
    {
        var first = (await CheckAsync(""","request_id":"r-1" """)).Expect(HttpStatusCode.OK);
        _fails = true;
        (await CheckAsync(""","request_id":"r-1" """)).ExpectProblem(500, "internal_error");
        _fails = false;
        Assert.Equal("held", (string)(await _api.SendAsync("GET", $"/v1/reservations/{first.Json["reservation_id"]}", null, KeyedHost.Admin)).Expect(HttpStatusCode.OK).Json["state"]!);
    }

    [Fact]
    public async Task Session_ThatNoHeaderCanHold_IsNotEchoed_AndTheCallIsAllowed()
    {
        var made = await _api.SendAsync(
            "POST", "/v1/keys", """{"name":"gw2","scopes":["check"],"cost_center":"failed","gateway":{"trust":["X-Session-ID"]}}""", KeyedHost.Admin);
        var key = (string)made.Expect(HttpStatusCode.Created).Json["key"]!;
        var answer = await RawHttp.GetAsync(_api.Address, "/v1/authorize", $"X-Budget-Key: {key}", "X-Session-ID: \u00c3\u00a9");
        Assert.StartsWith("HTTP/1.1 200", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("X-Session-ID", answer, StringComparison.OrdinalIgnoreCase);
    }

    private Task<ApiReply> CheckAsync(string more) => _api.SendAsync("POST", "/v1/check", $$"""{"cost_center":"failed","amount":1{{more}}}""", KeyedHost.Admin);

    private async Task<decimal> HeldAsync() =>
        (decimal)(await _api.SendAsync("GET", "/v1/limits?cost_center=failed", null, KeyedHost.Admin)).Expect(HttpStatusCode.OK).Json["items"]![0]!["held"]!;
}
