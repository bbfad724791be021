using System.Net;
using System.Text.Json.Nodes;
using BudgetEngine.Api.Tests.Harness;

namespace BudgetEngine.Api.Tests.Reconciliation;

/// <summary>Invoices against the ledger: by call, by day and model, by model; as CSV and as JSON lines.</summary>
[Collection(nameof(OpenHost))]
public class ReconcileTests(OpenHost host)
{
    private const string Csv = "Content-Type: text/csv; charset=utf-8";
    private const string NdJson = "Content-Type: application/x-ndjson";

    private static readonly string Day = DateTimeOffset.UtcNow.AddDays(-2).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);

    private static readonly string NextDay = DateTimeOffset.UtcNow.AddDays(-1).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);

    private ApiHost Api => host.Api;

    [Fact]
    public async Task Invoice_ByCall_TellsWhatIsMissingExtraAndAtAnotherPrice_AndWhatSettlesIt()
    {
        await PostAsync("rc1/a", "same", 1m);
        await PostAsync("rc1/a", "close", 10m);
        await PostAsync("rc1/a", "dearer", 2m);
        await PostAsync("rc1/b", "cheaper", 3m);
        await PostAsync("rc1/b", "extra", 4m);
        await PostAsync("rc1/b", "other", 5m, provider: "anthropic");
        await CorrectAsync("rc1", "same", -0.5m);
        var lines = $$"""
            {"request_id":"same","cost":0.25,"provider":"openai","invoice":"7"}
            {"request_id":"same","cost":"0.25","provider":"openai"}
            {"request_id":"close","cost":10.01,"provider":"openai"}
            {"request_id":"dearer","cost":2.5,"provider":"openai"}
            {"request_id":"cheaper","cost":1e0,"provider":"openai"}
            {"request_id":"missing","cost":0.75,"provider":"openai","model":"gpt-x"}

            """;

        var report = (await ReconcileAsync("rc1", lines, NdJson)).Expect(HttpStatusCode.OK).Json;

        Assert.Equal((6, 2, "openai", """["invoice"]"""), ((int)report["lines"]!, (int)report["matched"]!, (string)report["provider"]!, report["ignored"]!.ToJsonString()));
        Assert.Equal(("14.76", "19.5", "-4.74"), (Text(report, "invoiced"), Text(report, "recorded"), Text(report, "difference")));
        Assert.Equal(["missing 0.75"], Items(report, "missing"));
        Assert.Equal(["extra -4"], Items(report, "extra"));
        Assert.Equal(["dearer 0.5", "cheaper -2"], Items(report, "price"));
        foreach (var item in new[] { "missing", "extra", "price" }.SelectMany(k => report[k]!["items"]!.AsArray())) await SettleAsync(item!["settle"]!);

        var settled = (await ReconcileAsync("rc1", lines, NdJson)).Expect(HttpStatusCode.OK).Json;
        Assert.Equal((5, "14.75"), ((int)settled["matched"]!, Text(settled, "recorded")));
        Assert.All(new[] { "missing", "extra", "price" }, k => Assert.Empty(Items(settled, k)));
    }

    [Fact]
    public async Task Invoice_ByDayAndModel_AddsUpItsLinesAndCorrectsTheDearestRow()
    {
        (await Api.SendAsync("PUT", "/v1/prices/rc-model", """{"input":1,"output":1,"effective_from":"2026-01-01T00:00:00Z"}""")).Expect(HttpStatusCode.Created);
        await PostAsync("rc2/a", "one", 1m, model: "openai/rc-model");
        await PostAsync("rc2/a", "two", 2m, model: "rc-model");
        await PostAsync("rc2/a", "three", 0.4m, model: "rc-other");
        var csv = $""""
            Date,model,"note, with a comma",cost
            {Day},rc-model,"input ""tokens""",1.5
            {Day}T10:00:00Z,rc-model,output,2.25
            {Day},rc-unknown,,0.125
            """";

        var report = (await ReconcileAsync("rc2", csv, Csv)).Expect(HttpStatusCode.OK).Json;

        Assert.Equal(["rc-unknown 0.125"], Items(report, "missing"));
        Assert.Equal(["rc-other -0.4"], Items(report, "extra"));
        Assert.Equal(["rc-model 0.75"], Items(report, "price"));
        var price = report["price"]!["items"]![0]!;
        Assert.Equal((2, "two", Day), ((int)price["rows"]!, (string)price["settle"]!["body"]!["corrects"]!, (string)price["date"]!));
        foreach (var item in new[] { "missing", "extra", "price" }.SelectMany(k => report[k]!["items"]!.AsArray())) await SettleAsync(item!["settle"]!);
        Assert.Equal(2, (int)(await ReconcileAsync("rc2", csv, Csv)).Json["matched"]!);
    }

    [Fact]
    public async Task Invoice_OfAWholeRange_IsComparedByModelWithinTheTolerance()
    {
        await PostAsync("rc3/a", "one", 99.95m, model: "rc3-model");
        const string csv = "cost,model\n100,rc3-model\n";
        Assert.Equal(1, (int)(await ReconcileAsync("rc3", csv, Csv)).Json["matched"]!);
        var strict = (await ReconcileAsync("rc3", csv, Csv, "&tolerance=0.0001")).Json;
        Assert.Equal((0, "0.05"), ((int)strict["matched"]!, strict["price"]!["items"]![0]!["amount"]!.ToJsonString()));
        Assert.Equal(["rc3-model -99.95"], Items((await ReconcileAsync("rc3", "cost,model\n", Csv)).Json, "extra"));
    }

    [Fact]
    public async Task Invoice_WithFaults_NamesThemAll()
    {
        var json = (await ReconcileAsync("rc4", """
            {"request_id":"a","cost":1,"provider":"openai"}
            {"model":"m","cost":"x"}
            {"model":"m","cost":1}
            {"request_id":7,"date":"soon","cost":1}
            {"request_id":"b","cost":null,"provider":"azure"}
            nothing
            {"cost":1}
            """, NdJson, "&tolerance=2&unit=usd")).ExpectProblem(400, "invalid_request");
        Assert.Equal(
            ["lines[1].cost", "lines[2].request_id", "lines[3].date", "lines[3].request_id", "lines[4].cost", "lines[5].line", "lines[6].model", "lines[6].request_id", "tolerance", "unit"],
            json.ErrorFields.Order(StringComparer.Ordinal));

        var csv = (await ReconcileAsync("rc4", "model,cost,date\nm,1,2026-11-01\nm,,2026-11-01\nm,1\nm,1e99,2026-11-31\n", Csv, "&unit=usd")).ExpectProblem(400, "invalid_request");
        Assert.Equal(["lines[1].cost", "lines[2].line", "lines[3].cost", "lines[3].date", "unit"], csv.ErrorFields.Order(StringComparer.Ordinal));
        Assert.Equal(["cost", "model"], (await ReconcileAsync("rc4", "price,price\n1,1", Csv)).ExpectProblem(400, "invalid_request").ErrorFields.Order());
        Assert.Equal(["body"], (await ReconcileAsync("rc4", "", Csv)).ExpectProblem(400, "invalid_request").ErrorFields);
        (await ReconcileAsync("rc4", "{}", "Content-Type: application/json")).ExpectProblem(415, "unsupported_media_type");
        (await Api.SendAsync("POST", "/v1/reconcile?to=yesterday", "model,cost\nm,1", Csv)).ExpectProblem(400, "invalid_request");
        Assert.Equal(["lines[1].cost"], (await ReconcileAsync("rc4", "model,cost\nm,1000000000\nm,1", Csv)).ExpectProblem(400, "invalid_request").ErrorFields);
    }

    private Task<ApiReply> ReconcileAsync(string costCenter, string body, string type, string more = "") =>
        Api.SendAsync("POST", $"/v1/reconcile?cost_center={costCenter}&from={Day}&to={NextDay}{more}", body, type);

    private async Task SettleAsync(JsonNode settle) =>
        (await Api.SendAsync("POST", (string)settle["path"]!, settle["body"]!.ToJsonString())).Expect(HttpStatusCode.OK);

    private static string Text(JsonNode report, string member) => report[member]!.ToJsonString();

    private static List<string> Items(JsonNode report, string kind)
    {
        var items = report[kind]!["items"]!.AsArray().Where(i => Text(i!, "amount") != "0").Select(i => $"{(string?)i!["request_id"] ?? (string?)i["model"]} {Text(i, "amount")}").ToList();
        Assert.Equal(items.Count, (int)report[kind]!["count"]!);
        return items;
    }

    private async Task PostAsync(string costCenter, string id, decimal cost, string provider = "openai", string model = "gpt-x") => (await Api.SendAsync(
        "POST", "/v1/usage",
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $$"""{"request_id":"{{id}}","cost_center":"{{costCenter}}","provider":"{{provider}}","model":"{{model}}","cost":{{cost}},"timestamp":"{{Day}}T12:00:00Z"}""")))
        .Expect(HttpStatusCode.OK);

    private async Task CorrectAsync(string tenant, string id, decimal amount) => (await Api.SendAsync(
        "POST", "/v1/usage/corrections",
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $$"""{"request_id":"c-{{id}}","corrects":"{{id}}","cost_center":"{{tenant}}","amount":{{amount}}}"""))).Expect(HttpStatusCode.OK);
}
