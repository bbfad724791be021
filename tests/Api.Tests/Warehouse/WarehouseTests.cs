using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using BudgetEngine.Api.Tests.Harness;
using BudgetEngine.Silo.Warehouse;
using BudgetEngine.TestKit.Facts;
using BudgetEngine.TestKit.Machine;
using BudgetEngine.TestKit.Waiting;

namespace BudgetEngine.Api.Tests.Warehouse;

public partial class WarehouseTests
{
    private const int Rows = 1_200;

    [ToolFact("clickhouse-server")]
    public async Task Usage_OfWhichAnswersAreLost_IsInTheWarehouseOnce()
    {
        await using var server = await ClickHouseServer.StartAsync();
        await using var relay = await LossyRelay.StartAsync(server.Address);
        await using var host = await ApiHost.StartAsync(["--Keys:Open=true", $"--Warehouse:Url={relay.Address}", "--Warehouse:MaxBatch=100", "--Warehouse:Interval=00:00:00.1"]);
        await FillAsync(host);
        (await host.SendAsync("POST", "/v1/usage/corrections", """{"request_id":"fix","corrects":"r1","cost_center":"acme","amount":-0.001,"reason":"refund"}""")).Expect(HttpStatusCode.OK);

        await Eventually.HoldsAsync("the warehouse has all", async () => await HasAsync(server, Rows + 1), 60);

        Assert.True(relay.Inserts > (Rows + 1) / 100 + 2, "No answer was lost.");
        var balance = decimal.Parse((await host.SendAsync("GET", "/v1/reports/trend?cost_center=acme&days=3")).Json["total"]!["cost"]!.ToJsonString(), CultureInfo.InvariantCulture);
        var nanos = (balance * 1_000_000_000).ToString("0", CultureInfo.InvariantCulture);
        Assert.Equal(nanos, await server.AskAsync("SELECT sum(cost_nanos) FROM budget.usage_log FINAL"));
        // A view has a row a moment after its table has it.
        foreach (var days in (string[])["department_days", "model_days"])
        {
            await Eventually.HoldsAsync($"{days} has all", async () => await server.AskAsync($"SELECT sum(calls), sum(spent_nanos) FROM budget.{days} FINAL") == $"{Rows}\t{nanos}");
        }

        // Asked of the relay: the server folds what arrived twice whenever it likes.
        Assert.True(relay.Lost > Rows / 100 / 2, "No batch arrived twice.");
        // The ledger knows of the last batch only with the answer to its repeat.
        await Eventually.HoldsAsync("all is confirmed", async () => (await host.SendAsync("GET", "/metrics")).Body.Contains($"budget_warehouse_rows_total {Rows + 1}", StringComparison.Ordinal), 30);
        Assert.Matches("budget_warehouse_failures_total [1-9]", (await host.SendAsync("GET", "/metrics")).Body);
        await Eventually.HoldsAsync("nothing lags", async () => (await host.SendAsync("GET", "/metrics")).Body.Contains("budget_warehouse_lag_seconds 0", StringComparison.Ordinal));
    }

    [ToolFact("clickhouse-server")]
    public async Task Queries_OfTheDocumentation_Answer()
    {
        await using var server = await ClickHouseServer.StartAsync();
        await using var host = await ApiHost.StartAsync(["--Keys:Open=true", $"--Warehouse:Url={server.Address}", "--Warehouse:Interval=00:00:00.1"]);
        await Eventually.HoldsAsync("the tables are there", async () => await server.AskAsync("SELECT count() FROM system.tables WHERE database = 'budget' AND name = 'budgets'") == "1", 60);
        await FillAsync(host);
        await Eventually.HoldsAsync("the warehouse has all", async () => await HasAsync(server, Rows), 60);
        Assert.Equal("USD\t9\t1000000000", await server.AskAsync("SELECT code, decimals, nanos_per_unit FROM budget.currency FINAL"));
        // The limits of the last minute's look, as the sink writes them.
        await server.AskAsync("INSERT INTO budget.budgets VALUES ('acme/eng', 'acme', 'eng', '', 'monthly', 1000000000, 4000000000)");
        var queries = Query().Matches(await File.ReadAllTextAsync(Path.Combine(Repository.Root!, "docs", "warehouse.md"))).Select(m => m.Groups[1].Value).ToList();
        Assert.Equal(6, queries.Count);
        foreach (var query in queries)
        {
            var answer = await server.AskAsync(query);
            Assert.True(answer.Length > 0, $"Nothing is answered to {query}");
            if (query.Contains("OVER BUDGET", StringComparison.Ordinal)) Assert.StartsWith("acme/eng\t1\t", answer, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Lag_OfAWarehouseThatWasNeverThere_Grows()
    {
        await using var host = await ApiHost.StartAsync(["--Keys:Open=true", "--Warehouse:Url=http://127.0.0.1:9", "--Warehouse:Interval=00:00:00.1"]);
        (await host.SendAsync("POST", "/v1/usage", """{"request_id":"late","cost_center":"acme","cost":1}""")).Expect(HttpStatusCode.OK);

        await Eventually.HoldsAsync("the record lags", async () => Lag().IsMatch((await host.SendAsync("GET", "/metrics")).Body));
    }

    [Fact]
    public void Tables_OfTodaysServers_ForgetByThemselves()
    {
        var options = new WarehouseOptions { Url = "http://x", Database = "spend", RetentionDays = 30 };
        Assert.DoesNotContain("TTL", string.Join('\n', WarehouseSchema.StatementsFor("18.16.1", options)), StringComparison.Ordinal);
        var today = string.Join('\n', WarehouseSchema.StatementsFor("25.8.3.66", options));
        Assert.Contains("ORDER BY (cost_center, time, request_id) TTL day + toIntervalDay(30)", today, StringComparison.Ordinal);
        Assert.Contains("spend.usage_log", today, StringComparison.Ordinal);
        Assert.DoesNotContain("{", today, StringComparison.Ordinal);
    }

    /// <summary>All rows, and the days by their views, which follow the rows.</summary>
    private static async Task<bool> HasAsync(ClickHouseServer server, int rows) =>
        await server.AskAsync("EXISTS TABLE budget.model_days_view") == "1" && await server.AskAsync("SELECT count() FROM budget.usage_log FINAL") == $"{rows}"
        && await server.AskAsync("SELECT sum(calls) FROM budget.department_days FINAL") == $"{Rows}" && await server.AskAsync("SELECT sum(calls) FROM budget.model_days FINAL") == $"{Rows}";

    /// <summary>Two days, two departments, one of which spends more the second day than the first.</summary>
    private static async Task FillAsync(ApiHost host)
    {
        await host.SendAsync("PUT", "/v1/budgets/acme/eng", """{"monthly":1,"enforcement":"soft"}""");
        var (today, yesterday) = (TimeProvider.System.GetUtcNow().UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture), TimeProvider.System.GetUtcNow().UtcDateTime.AddDays(-1).ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture));
        var lines = Enumerable.Range(0, Rows).Select(i =>
            $$"""{"request_id":"r{{i}}","cost_center":"acme/{{(i % 2 == 0 ? "eng" : "ops")}}/p{{i % 3}}","cost":0.00{{(i % 4 < 2 ? 9 : 1)}}00001,"model":"m{{i % 2}}","provider":"openai","input_tokens":1000,"output_tokens":100,"latency_ms":{{i + 1}},"status":"{{(i % 9 == 0 ? "error" : "success")}}","timestamp":"{{(i % 4 < 2 ? today : yesterday)}}"}""");
        Assert.Equal(Rows, (int)(await host.SendAsync("POST", "/v1/usage", string.Join('\n', lines), "Content-Type: application/x-ndjson")).Expect(HttpStatusCode.OK).Json["recorded"]!);
    }

    [GeneratedRegex(@"budget_warehouse_lag_seconds (0\.\d*[1-9]|[1-9])")]
    private static partial Regex Lag();

    [GeneratedRegex("```sql\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Query();
}
