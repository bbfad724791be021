using System.Net;
using System.Text.Json.Nodes;
using BudgetEngine.Api.Tests.Harness;
using static BudgetEngine.Api.Tests.Ingest.IngestTenant;

namespace BudgetEngine.Api.Tests.Ingest;

/// <summary>What is a repeat of what, and what never takes the place of a cost.</summary>
[Collection(nameof(IngestHost))]
public class LiteLlmIdentityTests(IngestHost host)
{
    [Fact]
    public async Task Array_ToldThreeTimes_IsBookedOnce()
    {
        var tenant = await host.NewTenantAsync();
        JsonNode[] told = [Payloads.Success("a"), Payloads.Failure("b"), Payloads.Success("c", ("cache_hit", true), ("response_cost", 0))];
        Assert.Equal(["recorded 0.0028", "recorded 0", "recorded 0"], Lines(await tenant.LiteLlmAsync(told)));
        for (var i = 0; i < 2; i++) Assert.All(Lines(await tenant.LiteLlmAsync(told)), l => Assert.StartsWith("duplicate", l, StringComparison.Ordinal));
        Assert.Equal((3, 0.0028m), ((await tenant.RowsAsync()).Length, await tenant.SpentAsync()));
    }

    [Fact]
    public async Task BatchOfAProvider_ToldBeforeAndAfterItIsDone_IsBookedOnce()
    {
        var tenant = await host.NewTenantAsync();
        JsonObject Look(string call, decimal? cost, int tokens) => Payloads.Success(
            "batch_1", ("call_id", call), ("call_type", "aretrieve_batch"), ("response_cost", cost), ("metadata.usage_object", null), ("prompt_tokens", tokens), ("completion_tokens", 0), ("total_tokens", tokens));
        Assert.Equal(
            ["recorded 0", "duplicate 0", "recorded 0.5", "duplicate 0.5", "duplicate 0.5"],
            Lines(await tenant.LiteLlmAsync(Look("1", null, 0), Look("2", 0, 0), Look("3", 0.5m, 9_000), Look("4", 0.5m, 9_000), Look("5", 0.5m, 9_000))));
        Assert.Equal(0.5m, await tenant.SpentAsync());
    }

    [Fact]
    public async Task Id_EmptyOrAbsent_IsTheCalls()
    {
        var tenant = await host.NewTenantAsync();
        Assert.Equal(
            ["recorded 0.0028", "duplicate 0.0028", "recorded 0.0028", "invalid_request request_id"],
            Lines(await tenant.LiteLlmAsync(
                Payloads.Success("", ("call_id", "call-1")), Payloads.Success("", ("id", null), ("call_id", "call-1")), Payloads.Success("  ", ("call_id", "call-2")), Payloads.Success("", ("call_id", "")))));
        Assert.Equal(["call-1", "call-2"], (await tenant.RowsAsync()).Select(r => (string)r["request_id"]!));
    }

    [Fact]
    public async Task Id_Of730Characters_IsKeptApartFromItsLike()
    {
        var tenant = await host.NewTenantAsync();
        var start = new string('r', 729);
        Assert.Equal(
            ["recorded 0.0028", "recorded 0.0028", "duplicate 0.0028", "recorded 0.0028", "recorded 0.0028"],
            Lines(await tenant.LiteLlmAsync(
                Payloads.Success(start + "a"), Payloads.Success(start + "b"), Payloads.Success(start + "a"), Payloads.Success("with a \0 and a \u202e"), Payloads.Success("with a \ufffd and a \ufffd"))));
        var first = (string)(await tenant.RowsAsync())[0]["request_id"]!;
        Assert.StartsWith(start[..160], first, StringComparison.Ordinal);
        Assert.InRange(first.Length, 161, 200);
        // The stored form is no way to take another's place.
        Assert.Equal(["recorded 0.0028"], Lines(await tenant.LiteLlmAsync(Payloads.Success(first))));
    }

    [Fact]
    public async Task CacheHit_OfAnAnswerThatWasPaidFor_IsARequestOfItsOwnAndFree()
    {
        var tenant = await host.NewTenantAsync();
        JsonObject Hit(string call, decimal? cost) => Payloads.Success("a", ("cache_hit", true), ("call_id", call), ("response_cost", cost));
        Assert.Equal(
            ["recorded 0.0028", "recorded 0", "recorded 0", "duplicate 0"], Lines(await tenant.LiteLlmAsync(Payloads.Success("a"), Hit("call-a", 0), Hit("call-b", null), Hit("call-b", 0))));
        Assert.Equal((3, 0.0028m), ((await tenant.RowsAsync()).Length, await tenant.SpentAsync()));
        // Told first, a hit takes nothing of the answer's.
        var other = await host.NewTenantAsync();
        Assert.Equal(["recorded 0", "recorded 0.0028"], Lines(await other.LiteLlmAsync(Hit("call-a", 0), Payloads.Success("a"))));
    }

    [Fact]
    public async Task Failure_ThatHasOnlyTheCallsId_LeavesTheCallToTheSuccess()
    {
        var tenant = await host.NewTenantAsync();
        var failed = Payloads.Failure("call-7", ("call_id", "call-7"));
        Assert.Equal(
            ["recorded 0", "duplicate 0", "recorded 0", "recorded 0.0028", "duplicate 0.0028"],
            Lines(await tenant.LiteLlmAsync(
                failed, failed, Payloads.With(failed, ("startTime", 1 + failed["startTime"]!.GetValue<decimal>())), Payloads.Success("", ("call_id", "call-7")), Payloads.Success("call-7", ("call_id", "call-7")))));
        Assert.Equal(0.0028m, await tenant.SpentAsync());
    }

    /// <summary>Field report: three rows, one request. The hold of the call is settled by the success, not by a failure while the retry still runs.</summary>
    [Fact]
    public async Task Retries_OfOneCall_SettleItsReservationOnce()
    {
        var tenant = await host.NewTenantAsync();
        (await host.Api.SendAsync("PUT", $"/v1/budgets/{tenant.Path}/held", """{"daily":10}""", IngestHost.Admin)).Expect(HttpStatusCode.Created);
        var check = await host.Api.SendAsync("POST", "/v1/check", $$"""{"cost_center":"{{tenant.Path}}/held","amount":1}""", IngestHost.Admin);
        var hold = JsonNode.Parse($$"""{"reservation_id":"{{check.Json["reservation_id"]}}"}""");
        (string, JsonNode?) held = ("metadata.spend_logs_metadata", hold);
        await tenant.LiteLlmAsync(Payloads.Failure("f1", held), Payloads.Failure("f2", held));
        Assert.Equal(1, await OpenAsync());
        Assert.Equal(["recorded 0.0028"], Lines(await tenant.LiteLlmAsync(Payloads.Success("s", held))));
        Assert.Equal(0, await OpenAsync());
        var rows = await tenant.RowsAsync();
        Assert.Equal((3, 2, 0.0028m), (rows.Length, rows.Count(r => (string)r["status"]! == "error"), await tenant.SpentAsync()));
        Assert.Equal($"{tenant.Path}/held", (string)rows[2]["cost_center"]!);

        async Task<int> OpenAsync() => (int)(await host.Api.SendAsync("GET", $"/v1/cost-centers/{tenant.Path}/held", null, IngestHost.Admin)).Json["reservations"]!["open"]!;
    }

    /// <summary>A client may write any id beside its call: one that is not the key's changes nothing, and costs no record.</summary>
    [Theory]
    [InlineData("rsv_nonsense")]
    [InlineData("")]
    public async Task Reservation_ThatIsNone_IsNotLookedAt(string id)
    {
        var tenant = await host.NewTenantAsync();
        var hold = new JsonObject { ["reservation_id"] = id };
        Assert.Equal(["recorded 0.0028"], Lines(await tenant.LiteLlmAsync(Payloads.Success("s", ("metadata.spend_logs_metadata", hold)))));
    }

    /// <summary>Field report: one answer told under two ids is two records. The id decides, and it is documented.</summary>
    [Fact]
    public async Task Answer_ToldUnderTwoIds_IsTwoRecords()
    {
        var tenant = await host.NewTenantAsync();
        Assert.Equal(["recorded 0.0028", "recorded 0.0028"], Lines(await tenant.LiteLlmAsync(Payloads.Success("a", ("call_id", "c")), Payloads.Success("b", ("call_id", "c")))));
    }

    [Fact]
    public async Task Id_KnownWithAnotherCost_IsAConflictThatIsTold()
    {
        var tenant = await host.NewTenantAsync();
        Assert.Equal(["recorded 0.0028", "request_id_conflict"], Lines(await tenant.LiteLlmAsync(Payloads.Success("a"), Payloads.Success("a", ("response_cost", 0.5m)))));
    }
}
