using System.Net;
using System.Text.Json.Nodes;
using BudgetEngine.Api.Tests.Harness;
using BudgetEngine.Ledger;
using BudgetEngine.Ledger.Moves;
using BudgetEngine.Ledger.Repricing;
using BudgetEngine.Ledger.Sql;
using BudgetEngine.TestKit.Waiting;
using Microsoft.Extensions.DependencyInjection;

namespace BudgetEngine.Api.Tests.Operations;

/// <summary>Jobs of one tenant that take long, or never end in time, keep nobody else's waiting.</summary>
public class JobTests
{
    [Fact]
    public async Task Move_WhoseReadingTakesLong_KeepsNoOtherWaiting()
    {
        var held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var host = await ApiHost.StartAsync(["--Keys:Open=true"], services => services.AddSingleton(p => Intercepted<ILedgerMoves>.Of(
            p.GetRequiredService<LedgerStore>().Moves,
            (method, args, call) => method.Name == nameof(ILedgerMoves.CutOverAsync) && ((MoveJob)args[0]!).Move.From == "jt-slow/x" ? AfterAsync(held.Task, () => (Task<MoveJob?>)call()!) : call())));
        foreach (var tenant in (string[])["jt-slow", "jt-fast"]) (await host.SendAsync("POST", "/v1/usage", $$"""{"request_id":"1","cost_center":"{{tenant}}/x","cost":1}""")).Expect(HttpStatusCode.OK);

        var slow = await MoveAsync("jt-slow");
        await MoveAsync("jt-fast", "done");
        Assert.Equal("draining", await StateAsync(slow));
        held.SetResult();
        await Eventually.HoldsAsync("the move that was slow is done", async () => await StateAsync(slow) == "done", 30);

        async Task<string> MoveAsync(string tenant, string? until = null)
        {
            var id = (string)(await host.SendAsync("POST", $"/v1/cost-centers/{tenant}/x/move", """{"to":"TENANT/y"}""".Replace("TENANT", tenant, StringComparison.Ordinal))).Expect(HttpStatusCode.Accepted).Json["id"]!;
            if (until is not null) await Eventually.HoldsAsync($"the move of {tenant} is {until}", async () => await StateAsync(id) == until, 30);
            return id;
        }

        async Task<string> StateAsync(string id) => (string)(await host.SendAsync("GET", $"/v1/moves/{id}")).Expect(HttpStatusCode.OK).Json["state"]!;
    }

    [Fact]
    public async Task Move_WhoseReadingNeverEndsInTime_FailsAndSaysSo_AndItsOldNameIsOpenAgain()
    {
        await using var host = await ApiHost.StartAsync(["--Keys:Open=true"], services => services.AddSingleton(p => Intercepted<ILedgerMoves>.Of(
            p.GetRequiredService<LedgerStore>().Moves,
            (method, _, call) => method.Name == nameof(ILedgerMoves.CutOverAsync) ? Task.FromException<MoveJob?>(new LedgerReportTooLongException(TimeSpan.FromMinutes(10))) : call())));
        (await host.SendAsync("POST", "/v1/usage", """{"request_id":"1","cost_center":"jt-never/x","cost":1}""")).Expect(HttpStatusCode.OK);

        var id = (string)(await host.SendAsync("POST", "/v1/cost-centers/jt-never/x/move", """{"to":"jt-never/y"}""")).Expect(HttpStatusCode.Accepted).Json["id"]!;

        await Eventually.HoldsAsync("the move has failed", async () => (string)(await host.SendAsync("GET", $"/v1/moves/{id}")).Expect(HttpStatusCode.OK).Json["state"]! == "failed", 30);
        Assert.Contains("longer than it may", (string)(await host.SendAsync("GET", $"/v1/moves/{id}")).Json["fault"]!, StringComparison.Ordinal);
        // The ledger has it before this process looks again.
        await Eventually.HoldsAsync("its old name is open again", async () => (string?)(await host.SendAsync("POST", "/v1/check", """{"cost_center":"jt-never/x","amount":1}""")).Json["decision"] == "allow", 30);
    }

    [Fact]
    public async Task Reprice_WhoseReadingTakesLong_KeepsOnlyItsTenantWaiting()
    {
        var held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var host = await StartAsync(tenant => tenant == "jt-slow", call => AfterAsync(held.Task, call));

        var slow = await OrderAsync(host, "jt-slow");
        var next = await OrderAsync(host, "jt-slow");
        var fast = await OrderAsync(host, "jt-fast");
        await EndsAsync(host, fast, "done");
        Assert.Equal(("open", "open"), (await StateAsync(host, slow), await StateAsync(host, next)));

        // Two jobs at once could both correct the same row, so those of one tenant go one after the other, and one of all waits for all before it.
        var all = await OrderAsync(host, null);
        var after = await OrderAsync(host, "jt-fast");
        Assert.Equal(("open", "open"), (await StateAsync(host, all), await StateAsync(host, after)));
        held.SetResult();
        foreach (var id in (string[])[slow, next, all, after]) await EndsAsync(host, id, "done");
    }

    [Fact]
    public async Task Reprice_WhoseReadingNeverEndsInTime_FailsAndSaysSo_OrIsCancelled()
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var host = await StartAsync(tenant => tenant.StartsWith("jt-never", StringComparison.Ordinal), async call =>
        {
            await asked.Task;
            throw new LedgerReportTooLongException(TimeSpan.FromMinutes(10));
        });

        var failed = await OrderAsync(host, "jt-never-1");
        var cancelled = await OrderAsync(host, "jt-never-2");
        (await host.SendAsync("POST", $"/v1/prices/reprice/{cancelled}/cancel")).Expect(HttpStatusCode.Accepted);
        asked.SetResult();

        await EndsAsync(host, failed, "failed");
        await EndsAsync(host, cancelled, "cancelled");
        Assert.Contains("shorter", (string)(await JobAsync(host, failed))["fault"]!, StringComparison.Ordinal);
        await EndsAsync(host, await OrderAsync(host, "jt-fast"), "done");
    }

    /// <summary>An engine in which the rows of some tenants are read in another way.</summary>
    private static Task<ApiHost> StartAsync(Predicate<string> isSlow, Func<Func<Task<IReadOnlyList<RepriceRow>>>, Task<IReadOnlyList<RepriceRow>>> read) => ApiHost.StartAsync(
        ["--Keys:Open=true"],
        services => services.AddSingleton(p => Intercepted<ILedgerRepricing>.Of(
            p.GetRequiredService<LedgerStore>().Repricing,
            (method, args, call) => method.Name == nameof(ILedgerRepricing.ReadRepriceRowsAsync) && ((RepriceJob)args[0]!).Order.CostCenter is { } of && isSlow(of)
                ? read(() => (Task<IReadOnlyList<RepriceRow>>)call()!) : call())));

    private static async Task<string> OrderAsync(ApiHost host, string? of)
    {
        var range = of is null ? "" : $"""
            ,"cost_center":"{of}"
            """;
        return (string)(await host.SendAsync("POST", "/v1/prices/reprice", "{\"from\":\"2026-01-01\"" + range + "}")).Expect(HttpStatusCode.Accepted).Json["id"]!;
    }

    private static async Task<JsonNode> JobAsync(ApiHost host, string id) => (await host.SendAsync("GET", $"/v1/prices/reprice/{id}")).Expect(HttpStatusCode.OK).Json;

    private static async Task<string> StateAsync(ApiHost host, string id) => (string)(await JobAsync(host, id))["state"]!;

    private static Task EndsAsync(ApiHost host, string id, string state) => Eventually.HoldsAsync($"{id} is {state}", async () => await StateAsync(host, id) == state, 30);

    private static async Task<T> AfterAsync<T>(Task held, Func<Task<T>> call)
    {
        await held;
        return await call();
    }
}
