using BudgetEngine.TestKit.Engine;
using BudgetEngine.TestKit.Facts;

namespace BudgetEngine.Integration.Tests;

/// <summary>What becomes of open reservations when the process ends: in order, they are handed over; killed, they are gone.</summary>
public sealed class StopTests
{
    [Fact]
    public Task Stop_WithOpenReservationsOnSqlite_KeepsThemForTheNextProcess() => StopAsync(postgres: false);

    [PostgresFact]
    public Task Stop_WithOpenReservationsOnPostgres_KeepsThemForTheNextProcess() => StopAsync(postgres: true);

    [Fact]
    public Task Kill_WithOpenReservationsOnSqlite_ForgetsThemAndRecordsTheLateSettle() => KillAsync(postgres: false);

    [PostgresFact]
    public Task Kill_WithOpenReservationsOnPostgres_ForgetsThemAndRecordsTheLateSettle() => KillAsync(postgres: true);

    [Fact]
    public Task Kill_WithDurableHoldsOnSqlite_KeepsThem() => KillDurableAsync(postgres: false);

    [PostgresFact]
    public Task Kill_WithDurableHoldsOnPostgres_KeepsThem() => KillDurableAsync(postgres: true);

    private static async Task StopAsync(bool postgres)
    {
        using var store = Store.New(postgres);
        await using var engine = await EngineProcess.StartAsync(store);
        await engine.Caller.SetBudgetAsync("acme/dept", new { daily = 10 });
        var kept = await engine.Caller.CheckAsync("acme/dept/leaf", 4, "req-1");
        var settled = await engine.Caller.CheckAsync("acme/dept/leaf", 3);
        (await engine.Caller.SettleAsync("s-1", settled.ReservationId, 1)).Is(200);

        Assert.Equal(0, await engine.StopAsync());
        Assert.DoesNotContain("fail:", engine.Output, StringComparison.Ordinal);
        await engine.RestartAsync();

        var window = await engine.Caller.LimitAsync("acme/dept");
        Assert.Equal((4 * Nano.PerUnit, Nano.PerUnit), (window.Held, window.Spent));
        Assert.Equal("budget_exceeded", (await engine.Caller.CheckAsync("acme/dept/other", 6)).Reason);
        var repeated = await engine.Caller.CheckAsync("acme/dept/leaf", 4, "req-1");
        Assert.Equal(kept.ReservationId, repeated.ReservationId);
        var late = await engine.Caller.SettleAsync("s-2", kept.ReservationId, 2.5m);
        late.Is(200);
        Assert.Empty(late.Flags);
        window = await engine.Caller.LimitAsync("acme/dept");
        Assert.Equal((0L, Nano.Of(3.5m)), (window.Held, window.Spent));
        await engine.Caller.AssertConsistentAsync();

        // What was settled is not there again after a crash: the hand-over has ended with it.
        await engine.KillAsync();
        await engine.RestartAsync();
        Assert.Equal(0, (await engine.Caller.LimitAsync("acme/dept")).Held);
    }

    private static async Task KillAsync(bool postgres)
    {
        using var store = Store.New(postgres);
        await using var engine = await EngineProcess.StartAsync(store);
        await engine.Caller.SetBudgetAsync("acme/dept", new { daily = 10 });
        var open = await engine.Caller.CheckAsync("acme/dept/leaf", 4, user: "u-1");
        Assert.True(open.Allowed, open.Text);

        await engine.KillAsync();
        await engine.RestartAsync();

        Assert.Equal(0, (await engine.Caller.LimitAsync("acme/dept")).Held);
        Assert.Equal(404, (await engine.Caller.GetAsync($"/v1/reservations/{open.ReservationId}")).Status);
        var late = await engine.Caller.SettleAsync("s-1", open.ReservationId, 2);
        late.Is(200);
        Assert.Equal("recorded", late.Result);
        Assert.Equal(["no_reservation"], late.Flags);
        var row = Assert.Single(await engine.Caller.ExportAsync());
        Assert.Equal(("acme/dept/leaf", "u-1", 2 * Nano.PerUnit), (row.CostCenter, row.User, row.Cost));
        await engine.Caller.AssertConsistentAsync();
    }

    private static async Task KillDurableAsync(bool postgres)
    {
        using var store = Store.New(postgres);
        await using var engine = await EngineProcess.StartAsync(store);
        await engine.Caller.SetBudgetAsync("acme/dept", new { daily = 10, durable_holds = true });
        var open = await engine.Caller.CheckAsync("acme/dept/leaf", 4);
        var released = await engine.Caller.CheckAsync("acme/dept/leaf", 3);
        (await engine.Caller.DeleteAsync($"/v1/reservations/{released.ReservationId}")).Is(200);

        await engine.KillAsync();
        await engine.RestartAsync();

        Assert.Equal(4 * Nano.PerUnit, (await engine.Caller.LimitAsync("acme/dept")).Held);
        Assert.Equal("budget_exceeded", (await engine.Caller.CheckAsync("acme/dept/other", 7)).Reason);
        var settled = await engine.Caller.SettleAsync("s-1", open.ReservationId, 4);
        settled.Is(200);
        Assert.Empty(settled.Flags);
        Assert.Equal(0, (await engine.Caller.LimitAsync("acme/dept")).Held);
    }
}
