using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using BudgetEngine.Api.Prices.Repricing;
using BudgetEngine.Api.Tests.Harness;
using BudgetEngine.Domain.Usage;
using BudgetEngine.Ledger.Reports;
using BudgetEngine.Ledger.Repricing;
using BudgetEngine.TestKit.Waiting;
using Microsoft.Extensions.DependencyInjection;

namespace BudgetEngine.Api.Tests.Prices;

/// <summary>Usage rated again at the prices now entered for its time. Each test has a tenant of its own: jobs of one go one after the other.</summary>
[Collection(nameof(OpenHost))]
public class RepriceTests(OpenHost host)
{
    private static readonly DateTimeOffset Then = DateTimeOffset.Parse(DateTimeOffset.UtcNow.AddHours(-1).ToString("yyyy-MM-dd'T'HH:00:00'Z'", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

    private ApiHost Api => host.Api;

    [Fact]
    public async Task Reprice_AfterAPriceOfAPastDate_BooksTheDifferenceOnce()
    {
        await PriceAsync("rp-one", """{"input":2,"output":8,"effective_from":"2026-01-01T00:00:00Z"}""");
        await PostAsync("rp1/x", "a", """ "model":"rp-one","input_tokens":1000000,"output_tokens":0 """);
        await PostAsync("rp1/y", "b", """ "model":"openai/rp-one","input_tokens":500000,"output_tokens":125000 """);
        await PostAsync("rp1/x", "given", """ "model":"rp-one","input_tokens":1000000,"output_tokens":0,"cost":7 """);
        await PostAsync("rp1/x", "hand", """ "model":"rp-one","input_tokens":1000000,"output_tokens":0 """);
        await CorrectAsync("rp1", "hand", -1m);
        await PriceAsync("rp-one", """{"input":3.000000001,"output":8,"effective_from":"2026-02-01T00:00:00Z"}""");
        Assert.Equal(2 + 2 + 7 + 1, await SpentAsync("rp1"));

        var dry = await RunAsync($$"""{"from":"{{Then.AddHours(-1):O}}","cost_center":"rp1","dry_run":true}""");
        Assert.Equal((3, 3, 2, "1.500000001", "4", "5.500000001"), (Number(dry, "rows_total"), Number(dry, "rows_done"), Number(dry, "rows_changed"), Text(dry, "difference"), Text(dry, "before"), Text(dry, "after")));
        Assert.Equal("""{"cost_given":1,"corrected_by_hand":1}""", dry["skipped"]!.ToJsonString());
        Assert.Equal(12, await SpentAsync("rp1"));

        var run = await RunAsync($$"""{"from":"{{Then.AddHours(-1):O}}","cost_center":"rp1","reason":"a rise"}""");
        Assert.Equal((2, "1.500000001"), (Number(run, "rows_changed"), Text(run, "difference")));
        Assert.Equal("""["rp-one","openai/rp-one"]""", new JsonArray([.. run["by_model"]!.AsArray().Select(g => (JsonNode)(string)g!["name"]!)]).ToJsonString());
        Assert.Equal("1.000000001", run["by_cost_center"]![0]!["difference"]!.ToJsonString());
        Assert.Equal(13.500000001m, await SpentAsync("rp1"));

        var corrections = (await RowsAsync("rp1")).Where(r => (string?)r["kind"] == "correction" && (string?)r["reason"] == "a rise").ToList();
        Assert.Equal(["a", "b"], corrections.Select(r => (string)r["corrects"]!).Order());
        Assert.All(corrections, r => Assert.Equal("2026-02-01T00:00:00+00:00", (string?)r["priced_as"]!["effective_from"]));
        Assert.Contains("model_matched", corrections.Single(r => (string)r["corrects"]! == "b")["flags"]!.ToJsonString(), StringComparison.Ordinal);

        var again = await RunAsync($$"""{"from":"{{Then.AddHours(-1):O}}","cost_center":"rp1"}""");
        Assert.Equal((0, "0", "5.500000001"), (Number(again, "rows_changed"), Text(again, "difference"), Text(again, "before")));
        await PriceAsync("rp-one", """{"input":1,"output":8,"effective_from":"2026-02-01T00:00:00Z"}""");
        Assert.Equal("-3.000000001", Text(await RunAsync($$"""{"from":"{{Then.AddHours(-1):O}}","cost_center":"rp1"}"""), "difference"));
        Assert.Equal(10.5m, await SpentAsync("rp1"));
        Assert.True((bool)(await Api.SendAsync("GET", "/v1/consistency?cost_center=rp1")).Expect(HttpStatusCode.OK).Json["consistent"]!);
    }

    [Fact]
    public async Task Reprice_OfWhatWasUnpriced_GivesItItsPrice()
    {
        await PostAsync("rp2/x", "u", """ "model":"rp-ghost","input_tokens":1000000,"output_tokens":0,"units":{"web_search":2} """);
        await PostAsync("rp2/x", "v", """ "model":"rp-ghost-2","input_tokens":1000000,"output_tokens":0 """);
        await PriceAsync("rp-two", """{"input":2,"output":8,"effective_from":"2026-01-01T00:00:00Z"}""");
        await PostAsync("rp2/x", "w", """ "model":"rp-two","input_tokens":1000000,"output_tokens":0 """);
        var guessed = await SpentAsync("rp2") - 2;
        await PriceAsync("rp-ghost", """{"input":1,"output":1,"web_search":0.01,"effective_from":"2026-01-01T00:00:00Z"}""");
        await PriceAsync("rp-ghost-2", """{"input":4,"output":1,"effective_from":"2026-01-01T00:00:00Z"}""");
        await PriceAsync("rp-two", """{"input":5,"output":8,"effective_from":"2026-01-01T00:00:00Z"}""");

        var run = await RunAsync("""{"from":"2026-01-01","to":"2126-01-01","cost_center":"rp2","only":["unpriced"],"models":["rp-ghost"]}""");
        Assert.Equal(("""{"other_model":1}""", 1, "1.02"), (run["skipped"]!.ToJsonString(), Number(run, "rows_changed"), Text(run, "after")));
        run = await RunAsync("""{"from":"2026-01-01","cost_center":"rp2","only":["unpriced","tier_unpriced"]}""");
        Assert.Equal((1, "5.02"), (Number(run, "rows_changed"), Text(run, "after")));
        Assert.Equal(2 + 5.02m, await SpentAsync("rp2"));
        Assert.True(guessed != 5.02m, "The guess was right, and nothing was shown.");
    }

    [Fact]
    public async Task Reprice_WithoutAPriceOrAboveWhatIsPlausible_LeavesTheRow()
    {
        (await Api.SendAsync("PUT", "/v1/budgets/rp3", """{"max_record_cost":10}""")).Expect(HttpStatusCode.Created);
        foreach (var model in new[] { "rp-gone", "rp-wild" }) await PriceAsync(model, """{"input":2,"output":8,"effective_from":"2026-01-01T00:00:00Z"}""");
        await PostAsync("rp3/x", "gone", """ "model":"rp-gone","input_tokens":1000000,"output_tokens":0 """);
        await PostAsync("rp3/x", "wild", """ "model":"rp-wild","input_tokens":1000000,"output_tokens":0 """);
        await PriceAsync("rp-wild", """{"input":11,"output":8,"effective_from":"2026-01-01T00:00:00Z"}""");
        (await Api.SendAsync("DELETE", "/v1/prices/rp-gone?effective_from=2026-01-01T00:00:00Z")).Expect(HttpStatusCode.NoContent);

        var run = await RunAsync($$"""{"from":"{{Then:yyyy-MM-dd}}","cost_center":"rp3"}""");

        Assert.Equal((0, """{"no_price":1,"implausible_cost":1}"""), (Number(run, "rows_changed"), run["skipped"]!.ToJsonString()));
        Assert.Equal(4, await SpentAsync("rp3"));
    }

    /// <summary>A process that dies between its corrections and its note of them: whoever goes on reads the same rows again.</summary>
    [Fact]
    public async Task Step_RunAgainBeforeItWasSaved_CountsWhatItBookedAndBooksNothing()
    {
        await PriceAsync("rp-five", """{"input":2,"output":8,"effective_from":"2026-01-01T00:00:00Z"}""");
        foreach (var id in new[] { "a", "b" }) await PostAsync("rp5/x", id, """ "model":"rp-five","input_tokens":1000000,"output_tokens":0 """);
        await PriceAsync("rp-five", """{"input":3,"output":8,"effective_from":"2026-01-01T00:00:00Z"}""");
        var step = Api.Services.GetRequiredService<RepriceStep>();
        var job = new RepriceJob(
            "rpr_again", new RepriceOrder(UsageRange.All, "rp5", [], RowFlags.None, DryRun: false, null), RepriceState.Open, DateTimeOffset.UtcNow, "open", RowPosition.Start, new RepriceTally(), 0, false, null, null);
        var first = (await step.RunAsync(job, CancellationToken.None))!;
        Assert.Equal((RepriceState.Done, 2L, 4_000_000_000L, 2_000_000_000L), (first.State, first.Tally.RowsChanged, first.Tally.BeforeNanos, first.Tally.DifferenceNanos));

        // Meanwhile the price has changed once more: what was booked is counted as it was booked.
        await PriceAsync("rp-five", """{"input":9,"output":8,"effective_from":"2026-01-01T00:00:00Z"}""");
        foreach (var asked in new[] { false, true })
        {
            var again = (await step.RunAsync(job with { CancelAsked = asked }, CancellationToken.None))!;
            Assert.Equal((asked ? RepriceState.Cancelled : RepriceState.Done, 2L, 4_000_000_000L, 2_000_000_000L), (again.State, again.Tally.RowsChanged, again.Tally.BeforeNanos, again.Tally.DifferenceNanos));
        }

        Assert.Equal((4, 6m), ((await RowsAsync("rp5")).Count, await SpentAsync("rp5")));
    }

    [Fact]
    public async Task Reprice_Cancelled_EndsAndCannotBeCancelledTwice()
    {
        await PriceAsync("rp-four", """{"input":2,"output":8,"effective_from":"2026-01-01T00:00:00Z"}""");
        for (var attempt = 0; attempt < 10; attempt++) await PostAsync($"rp4-{attempt}/x", "a", """ "model":"rp-four","input_tokens":1000000,"output_tokens":0 """);
        await PriceAsync("rp-four", """{"input":3,"output":8,"effective_from":"2026-01-01T00:00:00Z"}""");

        // A job that was just about to end ends as it would have.
        for (var attempt = 0; attempt < 10; attempt++)
        {
            var tenant = $"rp4-{attempt}";
            var id = (string)(await Api.SendAsync("POST", "/v1/prices/reprice", $$"""{"from":"2026-01-01","cost_center":"{{tenant}}"}""")).Expect(HttpStatusCode.Accepted).Json["id"]!;
            var asked = await Api.SendAsync("POST", $"/v1/prices/reprice/{id}/cancel");
            var ended = await EndedAsync(id);
            if ((string)ended["state"]! == "done") continue;

            asked.Expect(HttpStatusCode.Accepted);
            Assert.Equal(("cancelled", true, 0), ((string)ended["state"]!, (bool)ended["cancel_asked"]!, Number(ended, "rows_changed")));
            (await Api.SendAsync("POST", $"/v1/prices/reprice/{id}/cancel")).ExpectProblem(409, "job_ended");
            Assert.Equal(2, await SpentAsync(tenant));
            Assert.Contains(id, (await Api.SendAsync("GET", "/v1/prices/reprice?limit=500")).Expect(HttpStatusCode.OK).Body, StringComparison.Ordinal);
            var audited = (await Api.SendAsync("GET", $"/v1/audit?cost_center={tenant}&since=2026-01-01&limit=500")).Expect(HttpStatusCode.OK).Json["items"]!.AsArray().Select(e => (string)e!["action"]!);
            Assert.Equal(["price.reprice.cancel", "price.reprice"], audited.Where(a => a.StartsWith("price.reprice", StringComparison.Ordinal)));
            return;
        }

        Assert.Fail("Every job had ended before it could be cancelled.");
    }

    private async Task<JsonNode> RunAsync(string order)
    {
        var made = (await Api.SendAsync("POST", "/v1/prices/reprice", order)).Expect(HttpStatusCode.Accepted).Json;
        var ended = await EndedAsync((string)made["id"]!);
        Assert.Equal("done", (string)ended["state"]!);
        Assert.Equal(Number(ended, "rows_total"), Number(ended, "rows_done"));
        return ended;
    }

    private Task<JsonNode> EndedAsync(string id) => Eventually.GetAsync<JsonNode>($"the end of {id}", async () =>
    {
        var job = (await Api.SendAsync("GET", $"/v1/prices/reprice/{id}")).Expect(HttpStatusCode.OK).Json;
        return (string)job["state"]! == "open" ? null : job;
    });

    private static int Number(JsonNode job, string member) => (int)job[member]!;

    private static string Text(JsonNode job, string member) => job[member]!.ToJsonString();

    private async Task PriceAsync(string model, string body)
    {
        var reply = await Api.SendAsync("PUT", $"/v1/prices/{model}", body);
        Assert.True(reply.Status is HttpStatusCode.OK or HttpStatusCode.Created, reply.Body);
    }

    private async Task PostAsync(string costCenter, string id, string rest) =>
        (await Api.SendAsync("POST", "/v1/usage", $$"""{"request_id":"{{id}}","cost_center":"{{costCenter}}","timestamp":"{{Then:O}}",{{rest}}}""")).Expect(HttpStatusCode.OK);

    private async Task CorrectAsync(string tenant, string id, decimal amount) => (await Api.SendAsync(
        "POST", "/v1/usage/corrections", string.Create(CultureInfo.InvariantCulture, $$"""{"request_id":"c-{{id}}","corrects":"{{id}}","cost_center":"{{tenant}}","amount":{{amount}}}"""))).Expect(HttpStatusCode.OK);

    private async Task<List<JsonNode>> RowsAsync(string under) =>
        [.. (await Api.SendAsync("GET", $"/v1/export/usage?cost_center={under}&from={Then.AddHours(-1):yyyy-MM-dd'T'HH:mm:ss'Z'}")).Expect(HttpStatusCode.OK).Body
            .Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonNode.Parse(l)!)];

    private async Task<decimal> SpentAsync(string under) => (await RowsAsync(under)).Sum(r => (decimal)r["cost"]!);
}
