using System.Globalization;
using System.Net;
using BudgetEngine.Api.Tests.Harness;
using CsvHelper;
using Parquet;

namespace BudgetEngine.Api.Tests.Reports;

/// <summary>Exports: each comes to the balance, and what was sent comes out.</summary>
[Collection(nameof(OpenHost))]
public class ExportTests(OpenHost host)
{
    /// <summary>More than one portion.</summary>
    private const int Rows = 4_500;

    private ApiHost Api => host.Api;

    [Fact]
    public async Task Csv_HasEveryRow_AndComesToTheBalance()
    {
        await FillAsync("ex-csv");
        using var csv = new CsvReader(new StringReader((await Api.SendAsync("GET", "/v1/export/usage?format=csv&cost_center=ex-csv")).Expect(HttpStatusCode.OK).Body), CultureInfo.InvariantCulture);
        await csv.ReadAsync();
        csv.ReadHeader();
        var (sum, ids) = (0m, new HashSet<string>());
        while (await csv.ReadAsync())
        {
            sum += csv.GetField<decimal>("cost");
            Assert.True(ids.Add(csv.GetField("request_id")!));
            if (csv.GetField("request_id") != "ex-csv-0") continue;
            Assert.Equal(("'@evil", "line\r\nbreak, \"quoted\"", "{\"feature\":\"a\"}"), (csv.GetField("user"), csv.GetField("error_message"), csv.GetField("tags")));
        }

        Assert.Equal(Rows, ids.Count);
        Assert.Equal(await BalanceAsync("ex-csv"), sum);
    }

    [Fact]
    public async Task Parquet_HasEveryRow_AndComesToTheBalance()
    {
        await FillAsync("ex-pq");
        using var client = new HttpClient { BaseAddress = Api.Address };
        var bytes = await client.GetByteArrayAsync(new Uri("/v1/export/usage?format=parquet&cost_center=ex-pq", UriKind.Relative));
        await using var reader = await ParquetReader.CreateAsync(new MemoryStream(bytes));
        Assert.True(reader.RowGroupCount > 1);
        var (sum, ids) = (0m, new HashSet<string>());
        for (var i = 0; i < reader.RowGroupCount; i++)
        {
            using var group = reader.OpenRowGroupReader(i);
            var (costs, names) = (new decimal?[group.RowCount], new string?[group.RowCount]);
            await group.ReadAsync<decimal>(reader.Schema.FindDataField("cost"), costs.AsMemory());
            await group.ReadAsync(reader.Schema.FindDataField("request_id"), names.AsMemory());
            sum += costs.Sum(c => c!.Value);
            Assert.All(names, n => Assert.True(ids.Add(n!)));
        }

        Assert.Equal(Rows, ids.Count);
        Assert.Equal(await BalanceAsync("ex-pq"), sum);
    }

    [Fact]
    public async Task Csv_OfAnIdThatTwoCostCentersUsed_HasItAsItWasSent()
    {
        foreach (var path in (string[])["ex-two/a", "ex-two/b"])
        {
            (await Api.SendAsync("POST", "/v1/usage", $$"""{"request_id":"same","cost_center":"{{path}}","cost":1}""")).Expect(HttpStatusCode.OK);
        }

        var body = (await Api.SendAsync("GET", "/v1/export/usage?format=csv&cost_center=ex-two")).Expect(HttpStatusCode.OK).Body;
        Assert.Equal(2, body.Split("\r\n").Count(l => l.StartsWith("usage,same,,", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Focus_IsByDayModelAndKindOfTokens_AndComesToTheBalance()
    {
        await Api.SendAsync("PUT", "/v1/prices/focus-model", """{"input":2,"output":8,"cached_input":0.5}""");
        foreach (var (id, path) in (ValueTuple<string, string>[])[("1", "ex-fo/a"), ("2", "ex-fo/a"), ("3", "ex-fo/b")])
        {
            await Api.SendAsync("POST", "/v1/usage", $$"""{"request_id":"{{id}}","cost_center":"{{path}}","provider":"openai","model":"focus-model","input_tokens":1000,"cached_input_tokens":400,"output_tokens":100}""");
        }

        (await Api.SendAsync("POST", "/v1/usage/corrections", """{"request_id":"c","corrects":"1","cost_center":"ex-fo","amount":-0.0001,"reason":"refund"}""")).Expect(HttpStatusCode.OK);
        var body = (await Api.SendAsync("GET", "/v1/export/usage?format=focus&cost_center=ex-fo")).Expect(HttpStatusCode.OK).Body;
        using var csv = new CsvReader(new StringReader(body), CultureInfo.InvariantCulture);
        var rows = csv.GetRecords<dynamic>().Cast<IDictionary<string, object>>().ToList();
        foreach (var column in (string[])["BilledCost", "BillingAccountId", "BillingCurrency", "BillingPeriodStart", "ChargeCategory", "ChargeClass", "ChargePeriodEnd", "EffectiveCost", "HostProviderName", "PricingQuantity", "ServiceProviderName", "SkuMeter", "SubAccountId", "Tags", "x_CostCenterId"])
        {
            Assert.Contains(column, rows[0].Keys);
        }

        Assert.Equal(await BalanceAsync("ex-fo"), rows.Sum(r => decimal.Parse((string)r["BilledCost"], CultureInfo.InvariantCulture)));
        Assert.Equal(
            ["Input Tokens 1200", "Cache Read Input Tokens 800", "Output Tokens 200"],
            rows.Where(r => (string)r["SubAccountId"] == "ex-fo/a" && (string)r["ChargeClass"] == "").Select(r => $"{r["SkuMeter"]} {r["ConsumedQuantity"]}"));
        Assert.Contains(rows, r => (string)r["ChargeClass"] == "Correction" && (string)r["BilledCost"] == "-0.0001" && (string)r["ConsumedQuantity"] == "");
        Assert.Contains("""{"x_ModelId":"focus-model","x_TokenType":"Input"}""", (string)rows[0]["SkuPriceDetails"], StringComparison.Ordinal);
    }

    private async Task FillAsync(string tenant)
    {
        var lines = Enumerable.Range(0, Rows).Select(i => i == 0
            ? $$$"""{"request_id":"{{{tenant}}}-0","cost_center":"{{{tenant}}}/a","cost":0.000000001,"user":"@evil","error_message":"line\r\nbreak, \"quoted\"","tags":{"feature":"a"}}"""
            : $$"""{"request_id":"{{tenant}}-{{i}}","cost_center":"{{tenant}}/{{i % 7}}","cost":0.0{{i}}1,"model":"m","input_tokens":{{i}}}""");
        var reply = await Api.SendAsync("POST", "/v1/usage", string.Join('\n', lines), "Content-Type: application/x-ndjson");
        Assert.Equal(Rows, (int)reply.Expect(HttpStatusCode.OK).Json["recorded"]!);
    }

    private async Task<decimal> BalanceAsync(string tenant) =>
        decimal.Parse((await Api.SendAsync("GET", "/v1/cost-centers/" + tenant)).Json["spent_month"]!.ToJsonString(), CultureInfo.InvariantCulture);
}
