using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using BudgetEngine.Api.Tests.Alerts;
using BudgetEngine.Api.Tests.Harness;
using BudgetEngine.Domain.Tracing;
using BudgetEngine.TestKit.Waiting;

namespace BudgetEngine.Api.Tests.Telemetry;

/// <summary>One trace from a request to the alert that follows from it. Listens to the traces that it has begun, and to no other test's.</summary>
public sealed class TraceTests : IAsyncLifetime
{
    private const int Spares = 3;

    private readonly ConcurrentQueue<Activity> _spans = [];
    private readonly ActivityTraceId _trace = ActivityTraceId.CreateRandom();
    private readonly ActivityListener _listener;
    private ApiHost _api = null!;
    private Receiver _receiver = null!;

    public TraceTests() => _listener = new ActivityListener
    {
        ShouldListenTo = source => source.Name is EngineTrace.Name or "Microsoft.AspNetCore",
        Sample = (ref ActivityCreationOptions<ActivityContext> o) => o.TraceId == _trace ? ActivitySamplingResult.AllDataAndRecorded : ActivitySamplingResult.None,
        ActivityStopped = _spans.Enqueue,
    };

    public async Task InitializeAsync()
    {
        ActivitySource.AddActivityListener(_listener);
        _receiver = await Receiver.StartAsync();
        // Without the sweep: what it finds first is no request's consequence, and where the processor is busy it is sometimes first.
        _api = await ApiHost.StartAsync(
            ["--Keys:Open=true", "--Alerts:AllowPrivateAddresses=true"], services => services.Remove(services.Single(s => s.ImplementationType?.Name == "AlertSweeper")));
        (await _api.SendAsync("PUT", "/v1/budgets/acme", """{"monthly":100}""")).Expect(HttpStatusCode.Created);
        (await _api.SendAsync("PUT", "/v1/budgets/acme/search", """{"daily":5}""")).Expect(HttpStatusCode.Created);
        (await _api.SendAsync("PUT", "/v1/channels/hook", $$"""{"type":"webhook","under":"acme","url":"{{_receiver.Address}}","secret":"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}""")).Expect(HttpStatusCode.Created);
        // In memory, so that calls of them are turns.
        (await PostAsync("/v1/check", """{"cost_center":"acme/search","amount":1,"ttl_seconds":60}""")).Expect(HttpStatusCode.OK);
        for (var i = 1; i <= Spares; i++)
        {
            (await _api.SendAsync("PUT", $"/v1/budgets/acme/spare-{i}", """{"daily":5}""")).Expect(HttpStatusCode.Created);
            (await PostAsync("/v1/check", $$"""{"cost_center":"acme/spare-{{i}}","amount":1,"ttl_seconds":60}""")).Expect(HttpStatusCode.OK);
        }
    }

    public async Task DisposeAsync()
    {
        _listener.Dispose();
        await _api.DisposeAsync();
        await _receiver.DisposeAsync();
    }

    [Fact]
    public async Task Check_IsASpan_WithTheTurnsOfItsNodes()
    {
        (await TracedAsync("/v1/check", """{"cost_center":"acme/search","amount":1,"ttl_seconds":60}""")).Expect(HttpStatusCode.OK);

        await Eventually.HoldsAsync("its spans have ended", () => Named("budget.turn").Count == 2 && Named("budget.check").Count == 1);
        var check = Assert.Single(Named("budget.check"));
        Assert.Equal("Microsoft.AspNetCore", check.Parent!.Source.Name);
        Assert.Equal("acme/search", check.GetTagItem(EngineTrace.CostCenter));
        Assert.Equal(true, check.GetTagItem("budget.allowed"));
        var owner = Assert.Single(Named("budget.turn"), s => s.ParentSpanId == check.SpanId);
        Assert.Equal("acme/search", owner.GetTagItem(EngineTrace.CostCenter));
        Assert.Equal("acme", Assert.Single(Named("budget.turn"), s => s.ParentSpanId == owner.SpanId).GetTagItem(EngineTrace.CostCenter));
    }

    [Fact]
    public async Task Denial_SaysWhy()
    {
        Assert.Equal("deny", (string?)(await TracedAsync("/v1/check", """{"cost_center":"acme/search","amount":100}""")).Expect(HttpStatusCode.OK).Json["decision"]);

        await Eventually.HoldsAsync("its span has ended", () => Named("budget.check").Count == 1);
        var check = Assert.Single(Named("budget.check"));
        Assert.Equal(false, check.GetTagItem("budget.allowed"));
        Assert.Equal("budget_exceeded", check.GetTagItem("budget.reason"));
    }

    [Fact]
    public async Task Usage_LeadsToTheCommit_ToTheEvaluation_AndToTheDelivery()
    {
        // After an administrative write its node is read again, which is evaluated too. Such an evaluation may find what a request has done since, and is not its consequence: then the next is asked.
        for (var i = 1; ; i++)
        {
            _spans.Clear();
            (await TracedAsync("/v1/usage", $$"""{"request_id":"r{{i}}","cost_center":"acme/spare-{{i}}","cost":4.9}""")).Expect(HttpStatusCode.OK);
            try
            {
                await Eventually.HoldsAsync("the alert has been delivered", () => Named("budget.alert.deliver").Count > 0, 20);
                break;
            }
            catch (TimeoutException) when (i < Spares)
            {
                // The reads are over by now.
            }
        }

        var usage = Assert.Single(Named("budget.usage"));
        var commit = Assert.Single(Named("budget.ledger.commit"));
        Assert.Contains(Named("budget.turn"), turn => turn.ParentSpanId == usage.SpanId && commit.ParentSpanId == turn.SpanId);
        Assert.Equal(1, commit.GetTagItem("budget.records"));
        var evaluated = Named("budget.alerts.evaluate");
        Assert.NotEmpty(evaluated);
        Assert.All(Named("budget.alert.deliver"), delivery => Assert.Contains(evaluated, e => e.SpanId == delivery.ParentSpanId));
        Assert.NotEmpty(_receiver.Ids);
    }

    [Fact]
    public async Task Request_ThatNobodyTraces_MakesNoSpan()
    {
        (await PostAsync("/v1/check", """{"cost_center":"acme/search","amount":1,"ttl_seconds":60}""")).Expect(HttpStatusCode.OK);
        (await PostAsync("/v1/usage", """{"request_id":"r2","cost_center":"acme/search","cost":1}""")).Expect(HttpStatusCode.OK);

        Assert.Empty(_spans);
    }

    private List<Activity> Named(string name) => [.. _spans.Where(s => s.OperationName == name && s.TraceId == _trace)];

    private Task<ApiReply> PostAsync(string path, string body) => _api.SendAsync("POST", path, body);

    private Task<ApiReply> TracedAsync(string path, string body) => _api.SendAsync("POST", path, body, $"traceparent: 00-{_trace}-{ActivitySpanId.CreateRandom()}-01");
}
