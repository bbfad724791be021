using System.Collections.Concurrent;
using BudgetEngine.Integration.Tests.Harness;
using BudgetEngine.TestKit.Alerts;
using BudgetEngine.TestKit.Engine;
using BudgetEngine.TestKit.Facts;
using BudgetEngine.TestKit.Waiting;
using Xunit.Abstractions;

namespace BudgetEngine.Integration.Tests.Alerts;

/// <summary>
/// How long after the acknowledgement of a record its alert is at the receiver while nothing is broken: reported, not judged. What is judged is that all arrive.
/// </summary>
public sealed class AlertLatencyTests(ITestOutputHelper output)
{
    private const int Alerts = 600;
    private const int AtOnce = 4;

    [Fact]
    public Task Receipt_Sqlite_IsReported() => RunAsync(postgres: false);

    [PostgresFact(IsLong = true)]
    public Task Receipt_Postgres_IsReported() => RunAsync(postgres: true);

    private async Task RunAsync(bool postgres)
    {
        using var store = Store.New(postgres);
        await using var receiver = await AlertReceiver.StartAsync();
        await using var engine = await EngineProcess.StartAsync(store, "--Alerts:AllowPrivateAddresses=true");
        for (var i = 0; i < Alerts; i++) await engine.Caller.SetBudgetAsync($"acme/l{i}", new { daily = 10, thresholds = new[] { new { at = 0.5, level = "half" } } });
        (await engine.Caller.PutAsync(
            "/v1/channels/hook", new { type = "webhook", url = receiver.Address, secret = AlertReceiver.Secret, types = new[] { "budget.threshold.reached" } })).Is(201);
        var acknowledged = new ConcurrentDictionary<string, DateTimeOffset>();

        await Load.RunAsync(Alerts, AtOnce, async i =>
        {
            (await engine.Caller.ReportAsync($"r-{i}", $"acme/l{i}", 6)).Is(200);
            acknowledged[$"acme/l{i}"] = TimeProvider.System.GetUtcNow();
            return i;
        });

        await Eventually.HoldsAsync($"{Alerts} alerts have arrived", () => receiver.Count >= Alerts, 60);
        Assert.Equal(acknowledged.Keys.Order(), receiver.Told.Select(t => t.Crossing!.Value.CostCenter).Order());
        var took = receiver.Told.Select(t => (t.At - acknowledged[t.Crossing!.Value.CostCenter]).TotalMilliseconds).Order().ToList();
        output.WriteLine(FormattableString.Invariant(
            $"acknowledgement to receipt of {Alerts} alerts, ms: median {took[Alerts / 2]:0.0}, p90 {took[Alerts * 9 / 10]:0.0}, p99 {took[Alerts * 99 / 100]:0.0}, longest {took[^1]:0.0}"));
    }
}
