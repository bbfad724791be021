using BudgetEngine.Deploy.Harness;
using BudgetEngine.TestKit.Engine;

namespace BudgetEngine.Deploy.Monitoring;

/// <summary>Some of everything that panels show, a few times a second: allowed and denied checks, records of two departments and models, one without a price, one that is refused, and an alert.</summary>
internal sealed class PanelTraffic : IAsyncDisposable
{
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(200);

    private readonly CancellationTokenSource _stop = new();
    private readonly EchoUpstream _receiver;
    private readonly Caller _caller;
    private readonly Task _sending;

    private PanelTraffic(Caller caller, EchoUpstream receiver)
    {
        _caller = caller;
        _receiver = receiver;
        _sending = SendAsync();
    }

    public static async Task<PanelTraffic> StartAsync(Stand stand)
    {
        var caller = stand.Caller();
        foreach (var department in new[] { "research", "sales" }) await caller.SetBudgetAsync($"panels/{department}", new { daily = 50, weekly = 300, monthly = 1_000 });
        await caller.SetBudgetAsync("panels/broke", new { daily = 1 });
        (await caller.PutAsync("/v1/prices/panel-model", new { input = 2.5, output = 10 })).Is(201);
        var receiver = await EchoUpstream.StartAsync();
        (await caller.PutAsync("/v1/channels/panels", new { type = "webhook", under = "panels", url = receiver.Address, secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw" })).Is(201);
        (await caller.ReportAsync("panel-alert", "panels/broke", 0.95m)).Is(200);
        return new PanelTraffic(caller, receiver);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _sending;
        await _receiver.DisposeAsync();
        _caller.Dispose();
        _stop.Dispose();
    }

    private async Task SendAsync()
    {
        for (var i = 0; !_stop.IsCancellationRequested; i++)
        {
            (await _caller.CheckAsync("panels/research/agents", 0.001m)).Is(200);
            (await _caller.CheckAsync("panels/broke", 5)).Is(200);
            await RecordAsync($"panel-{i}-a", "panels/research/agents", "panel-model", 200 + i);
            await RecordAsync($"panel-{i}-b", "panels/sales/leads", i % 2 == 0 ? "panel-model" : "model-without-price", 900);
            await _caller.ReportAsync($"panel-{i}-c", "panels/sales", -1);
            await Task.Delay(_pause);
        }
    }

    private async Task RecordAsync(string id, string costCenter, string model, int milliseconds) =>
        (await _caller.PostAsync("/v1/usage", new { request_id = id, cost_center = costCenter, provider = "openai", model, input_tokens = 1_000, output_tokens = 200, latency_ms = milliseconds })).Is(200);
}
