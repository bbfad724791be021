using BudgetEngine.Cluster.Harness;
using BudgetEngine.Cluster.Traffic;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.TestKit.Engine;
using BudgetEngine.TestKit.Machine;
using BudgetEngine.TestKit.Waiting;
using Npgsql;

namespace BudgetEngine.Cluster.Survival;

/// <summary>One silo has lost its way to PostgreSQL; the others have not, and all silos see each other.</summary>
[Collection(SurvivalCollection.Name)]
public sealed class PartitionTests
{
    [ClusterFact]
    public async Task Partition_OfOneSiloFromPostgres_DeniesThereOverGrantsNothingAndHealsByItself()
    {
        await using var arena = await ClusterArena.StartAsync(3);
        var budgets = await BudgetsAtSilos.SetAsync(arena.Cluster);
        var before = new Spenders(arena.Caller, BudgetsAtSilos.Amount, "before");
        foreach (var node in budgets.All)
        {
            for (var i = 0; i < 20; i++) Assert.NotNull((await before.AskAsync(node)).ReservationId);
        }

        var victim = await budgets.HolderOfBothAsync(arena.Cluster);
        var cutOff = await budgets.AtAsync(arena.Cluster, victim);
        foreach (var proxy in arena.ProxiesOf(victim))
        {
            proxy.Mode = ProxyMode.Stalls;
            proxy.Cut();
        }

        // Whoever is asked, the silo that holds them cannot prove that they are still its own.
        var during = new Spenders(arena.Caller, BudgetsAtSilos.Amount, "during");
        foreach (var node in cutOff) await Eventually.HoldsAsync($"{node} is denied", async () => (await during.AskAsync(node)).Reason == "ledger_unavailable", 60);
        during.Start([.. budgets.All.Where(n => !cutOff.Contains(n))]);
        await during.WhenUsedUpAsync(budgets.All.Where(n => !cutOff.Contains(n)));
        await during.StopAsync();
        foreach (var node in cutOff) Assert.Equal("ledger_unavailable", (await during.AskAsync(node)).Reason);
        foreach (var proxy in arena.ProxiesOf(victim))
        {
            proxy.Cut();
            proxy.Mode = ProxyMode.Passes;
        }

        var after = new Spenders(arena.Caller, BudgetsAtSilos.Amount, "after");
        after.Start(budgets.All);
        await after.WhenUsedUpAsync(budgets.All);
        await after.StopAsync();
        // A hold of a check that was denied for lack of an outcome is nobody's: asked again under its id it is that check's, or ended.
        await during.ResolveAsync();
        await after.ResolveAsync();
        foreach (var node in budgets.All)
        {
            Assert.Equal((node, BudgetsAtSilos.Units), (node, before.AllowedAt(node) + during.AllowedAt(node) + after.AllowedAt(node)));
            Assert.Equal((node, 10 * Nano.PerUnit), (node, await BudgetsAtSilos.HeldAsync(arena.Caller, node)));
        }

        Assert.False(victim.HasExited);
    }

    [ClusterFact]
    public async Task Exception_OfASiloWithoutItsLedger_IsAnOutageToTheCallersOfAnother()
    {
        await using var arena = await ClusterArena.StartAsync(2);
        var budgets = await BudgetsAtSilos.SetAsync(arena.Cluster);
        var victim = await budgets.HolderOfBothAsync(arena.Cluster);
        var other = arena.Silos.First(s => s != victim);
        var node = (await budgets.AtAsync(arena.Cluster, victim)).First();
        var keys = await SigningKeysAsync(arena.Store.Postgres!);
        Assert.True(keys.TryRead((await other.Caller.CheckAsync(node, BudgetsAtSilos.Amount)).ReservationId, DateTimeOffset.UtcNow, out var id));
        foreach (var proxy in arena.ProxiesOf(victim))
        {
            proxy.Mode = ProxyMode.Stalls;
            proxy.Cut();
        }

        // Of a later epoch: the silo that has the cost center cannot know whether it still does, and says so by an exception.
        var later = keys.Write(id with { Attempt = Stamp.First(id.Attempt.Epoch + 1_000) }, DateTimeOffset.UtcNow);
        await Eventually.HoldsAsync("the reservation cannot be looked at", async () =>
        {
            var answer = await other.Caller.GetAsync($"/v1/reservations/{later}");
            Assert.True(answer.Status is 404 or 503, $"{answer.Status} {answer.Text}");
            return answer.Status == 503;
        }, 60);
    }

    private static async Task<ReservationSigningKeys> SigningKeysAsync(string postgres)
    {
        await using var connection = new NpgsqlConnection(postgres);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("select secret from budget.reservation_signing_keys where number = 1", connection);
        return new ReservationSigningKeys([new ReservationSigningKey(1, (byte[])(await command.ExecuteScalarAsync())!, DateTimeOffset.MinValue, null)]);
    }
}
