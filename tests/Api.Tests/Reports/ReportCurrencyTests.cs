using System.Net;
using BudgetEngine.Api.Tests.Harness;
using BudgetEngine.TestKit.Waiting;
using Parquet;
using Parquet.Schema;

namespace BudgetEngine.Api.Tests.Reports;

public class ReportCurrencyTests
{
    private const string Cost = "25000.00001";

    [Fact]
    public async Task ReportsAndExports_OfASmallCurrency_AreInItsUnits()
    {
        await using var host = await ApiHost.StartAsync(["--Keys:Open=true", "--Currency=VND"]);
        (await host.SendAsync("POST", "/v1/usage", $$"""{"request_id":"1","cost_center":"vn/a","cost":{{Cost}},"model":"m","input_tokens":1000000}""")).Expect(HttpStatusCode.OK);

        await Eventually.HoldsAsync("it is in the list", async () => (await TextAsync(host, "/v1/reports/spend?cost_center=vn")).Contains("vn/a", StringComparison.Ordinal));
        var spend = (await host.SendAsync("GET", "/v1/reports/spend?cost_center=vn")).Expect(HttpStatusCode.OK).Json;
        Assert.Equal((Cost, "25000000.01"), (spend["total"]!["cost"]!.ToJsonString(), spend["items"]![0]!["cost_per_1000_requests"]!.ToJsonString()));
        Assert.Contains($"\r\nvn/a,{Cost},1,1,25000000.01,", await TextAsync(host, "/v1/reports/spend?cost_center=vn&format=csv"), StringComparison.Ordinal);
        Assert.Contains($"<p>{Cost} VND from ", await TextAsync(host, "/v1/reports/spend?cost_center=vn&format=html"), StringComparison.Ordinal);
        Assert.Contains($",{Cost},1,", await TextAsync(host, "/v1/export/usage?format=csv"), StringComparison.Ordinal);
        Assert.Contains($"\r\n{Cost},vn,vn,VND,", await TextAsync(host, "/v1/export/usage?format=focus"), StringComparison.Ordinal);
        using var client = new HttpClient { BaseAddress = host.Address };
        await using var parquet = await ParquetReader.CreateAsync(new MemoryStream(await client.GetByteArrayAsync(new Uri("/v1/export/usage?format=parquet", UriKind.Relative))));
        Assert.Equal(5, Assert.IsType<DecimalDataField>(parquet.Schema.FindDataField("cost")).Scale);
    }

    private static async Task<string> TextAsync(ApiHost host, string address) => (await host.SendAsync("GET", address)).Expect(HttpStatusCode.OK).Body;
}
