using System.Net;
using BudgetEngine.Api.Tests.Harness;
using BudgetEngine.TestKit.Waiting;

namespace BudgetEngine.Api.Tests.Reports;

[Collection(nameof(OpenHost))]
public class ReportTests(OpenHost host)
{
    private ApiHost Api => host.Api;

    [Fact]
    public async Task Reports_ComeToTheBalanceOfTheirCostCenter()
    {
        await PostAsync("rt/a", "1.000000001", """ "model":"m1","provider":"p1","user":"u1","input_tokens":1000000,"output_tokens":500000,"latency_ms":200,"tags":{"feature":"f1"}""");
        await PostAsync("rt/b/c", "0.5", """ "model":"m2","user":"u2","status":"error","latency_ms":400""");
        await PostAsync("rt", "0.25", """ "model":"m1" """);
        (await Api.SendAsync("POST", "/v1/usage/corrections", """{"request_id":"rt-fix","corrects":"rt/a-1.000000001","amount":-0.1,"reason":"refund"}""")).Expect(HttpStatusCode.OK);
        var balance = (await Api.SendAsync("GET", "/v1/cost-centers/rt")).Json["spent_month"]!.ToJsonString();
        Assert.Equal("1.650000001", balance);
        await Eventually.HoldsAsync("all is rolled up", async () => (await GetAsync("models"))["unattributed"]!.ToJsonString() == "0" && (await GetAsync("models"))["items"]!.AsArray().Count == 2);
        foreach (var report in (string[])["summary", "spend", "models", "providers", "users", "trend?days=3"])
        {
            Assert.Equal(balance, (await GetAsync(report))["total"]!["cost"]!.ToJsonString());
        }

        var m1 = (await GetAsync("models"))["items"]![0]!;
        Assert.Equal(("m1", "1.150000001", "1.5", "0.766666667"), ((string)m1["name"]!, m1["cost"]!.ToJsonString(), m1["million_tokens"]!.ToJsonString(), m1["cost_per_million_tokens"]!.ToJsonString()));
        var failed = (await GetAsync("models"))["items"]![1]!;
        Assert.Equal(("0.5", "0"), (failed["cost_of_failed"]!.ToJsonString(), failed["cost_of_successful"]!.ToJsonString()));
        var spend = await GetAsync("spend");
        Assert.Equal([("rt/a", "high"), ("rt/b", "high")], spend["items"]!.AsArray().Select(i => ((string)i!["cost_center"]!, (string)i["mark"]!)));
        Assert.Equal("0.25", spend["unattributed"]!.ToJsonString());
        Assert.Equal(["rt/b/c"], (await GetAsync("spend?level=3"))["items"]!.AsArray().Select(i => (string)i!["cost_center"]!));
        Assert.Equal("0.900000001", (await GetAsync("users?user=u1"))["items"]![0]!["cost"]!.ToJsonString());
        Assert.Equal("f1", (string)(await GetAsync("tags?tag=feature"))["items"]![0]!["name"]!);
    }

    [Fact]
    public async Task Spend_IsPagedDearestFirst()
    {
        for (var i = 1; i <= 5; i++) await PostAsync($"pg/c{i}", $"{i}", """ "model":"m" """);
        await Eventually.HoldsAsync("all are in the list", async () => (await Api.SendAsync("GET", "/v1/reports/spend?cost_center=pg")).Expect(HttpStatusCode.OK).Json["items"]!.AsArray().Count == 5);
        var seen = new List<string>();
        string? cursor = "";
        while (cursor is not null)
        {
            var page = (await Api.SendAsync("GET", $"/v1/reports/spend?cost_center=pg&limit=2{(cursor.Length > 0 ? "&cursor=" + cursor : "")}")).Expect(HttpStatusCode.OK).Json;
            seen.AddRange(page["items"]!.AsArray().Select(i => (string)i!["cost_center"]!));
            cursor = (string?)page["next_cursor"];
        }

        Assert.Equal(["pg/c5", "pg/c4", "pg/c3", "pg/c2", "pg/c1"], seen);
    }

    [Fact]
    public async Task Budgets_SayHowTheyStand_BesideTheirLevels()
    {
        foreach (var (name, spent) in (ValueTuple<string, string>[])[("ok", "8"), ("warn", "8.01"), ("full", "10"), ("over", "10.5")])
        {
            await Api.SendAsync("PUT", $"/v1/budgets/bu/{name}", """{"daily":10,"enforcement":"soft"}""");
            await PostAsync($"bu/{name}", spent, """ "model":"m" """);
        }

        var lines = (await Api.SendAsync("GET", "/v1/reports/budgets?cost_center=bu")).Expect(HttpStatusCode.OK).Json["items"]!.AsArray();
        Assert.Equal(
            [("bu/over", "OVER BUDGET", "exceeded", "105"), ("bu/full", "WARNING", "exceeded", "100"), ("bu/warn", "WARNING", "warning", "80.1"), ("bu/ok", "OK", "warning", "80")],
            lines.Select(l => ((string)l!["cost_center"]!, (string)l["standing"]!, (string)l["level"]!, l["percent"]!.ToJsonString())));
        var csv = (await Api.SendAsync("GET", "/v1/reports/budgets?cost_center=bu&format=csv")).Expect(HttpStatusCode.OK).Body;
        Assert.StartsWith("cost_center,user,period,limit,spent,remaining,percent,standing,level,resets_at\r\nbu/over,,daily,10,10.5,-0.5,105,OVER BUDGET,exceeded,", csv, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Forecast_OfASpentLimit_RunsOutToday()
    {
        await Api.SendAsync("PUT", "/v1/budgets/fo", """{"monthly":1,"enforcement":"soft"}""");
        await PostAsync("fo", "2", """ "model":"m" """);
        var forecast = (await Api.SendAsync("GET", "/v1/reports/forecast?cost_center=fo&growth=1.5")).Expect(HttpStatusCode.OK).Json;
        Assert.Equal(("2", "1", "1.5"), (forecast["spent"]!.ToJsonString(), forecast["limit"]!.ToJsonString(), forecast["growth"]!.ToJsonString()));
        Assert.NotNull(forecast["runs_out_on"]);
        // It was used only today.
        Assert.Equal(((string?)null, "none", 0), ((string?)forecast["expected"]?.ToJsonString(), (string?)forecast["confidence"], (int)forecast["days"]!));
        var own = (await Api.SendAsync("GET", "/v1/cost-centers/fo")).Expect(HttpStatusCode.OK).Json["forecasts"]![0]!;
        Assert.Equal(("monthly", 2m, 0, "none"), ((string?)own["period"], (decimal)own["per_day"]!, (int)own["days"]!, (string?)own["confidence"]));
        Assert.True((decimal)own["amount"]! >= 2);
    }

    [Fact]
    public async Task Csv_DefusesFormulas_AndQuotes()
    {
        await PostAsync("cs", "1", """ "model":"=HYPERLINK(\"x\",\"y\")","user":"a,b" """);
        await Eventually.HoldsAsync("the usage is rolled up", async () => (await Api.SendAsync("GET", "/v1/reports/models?cost_center=cs")).Body.Contains("HYPERLINK", StringComparison.Ordinal));
        var csv = (await Api.SendAsync("GET", "/v1/reports/models?cost_center=cs&format=csv")).Expect(HttpStatusCode.OK);
        Assert.Equal("text/csv", csv.MediaType);
        Assert.Contains("\r\n\"'=HYPERLINK(\"\"x\"\",\"\"y\"\")\",1,1,1,", csv.Body, StringComparison.Ordinal);
    }

    private async Task<System.Text.Json.Nodes.JsonNode> GetAsync(string report) =>
        (await Api.SendAsync("GET", $"/v1/reports/{report}{(report.Contains('?', StringComparison.Ordinal) ? "&" : "?")}cost_center=rt")).Expect(HttpStatusCode.OK).Json;

    private async Task PostAsync(string path, string cost, string more) =>
        (await Api.SendAsync("POST", "/v1/usage", $$"""{"request_id":"{{path}}-{{cost}}","cost_center":"{{path}}","cost":{{cost}},{{more}}}""")).Expect(HttpStatusCode.OK);
}
