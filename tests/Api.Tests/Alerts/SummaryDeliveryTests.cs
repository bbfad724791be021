using System.Net;
using BudgetEngine.Api.Tests.Harness;
using BudgetEngine.Domain.Alerts;
using BudgetEngine.Domain.Windows;
using BudgetEngine.Ledger;
using BudgetEngine.Ledger.Alerts;
using BudgetEngine.TestKit.Waiting;
using Microsoft.Extensions.DependencyInjection;

namespace BudgetEngine.Api.Tests.Alerts;

/// <summary>Summaries that really arrive: once, in the words of the report.</summary>
public class SummaryDeliveryTests : IAsyncLifetime
{
    private ApiHost _api = null!;
    private Receiver _receiver = null!;

    public async Task InitializeAsync()
    {
        _receiver = await Receiver.StartAsync();
        _api = await ApiHost.StartAsync([$"--BUDGET_ADMIN_KEY={KeyedHost.AdminKey}", "--Alerts:AllowPrivateAddresses=true", "--AutoCreateTenants=true"]);
    }

    public async Task DisposeAsync()
    {
        await _api.DisposeAsync();
        await _receiver.DisposeAsync();
    }

    [Fact]
    public async Task SummaryThatWasMissed_IsSentLate_Once_InTheWordsOfTheReport()
    {
        var yesterday = DateTimeOffset.UtcNow.Date.AddDays(-1).AddHours(9);
        await PostAsync("sum/a", "3.5", yesterday);
        await PostAsync("sum/b", "1.5", yesterday);
        await PostAsync("sum/a", "4", yesterday.AddDays(-1));
        (await SendAsync("PUT", "/v1/channels/hook", $$"""{"type":"webhook","url":"{{_receiver.Address}}","secret":"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw","under":"sum","types":["spend.summary"]}""")).Expect(HttpStatusCode.Created);
        // Due ten days ago: nobody ran since.
        var ledger = _api.Services.GetRequiredService<ILedgerSchedules>();
        await Eventually.HoldsAsync("what was spent is in the lists", async () => (await SendAsync("GET", "/v1/reports/changes?cost_center=sum&period=day")).Json["items"]!.AsArray().Count == 2);
        var daily = new Schedule("daily", "sum", ["hook"], Period.Daily, Schedule.DefaultWeekday, 0);
        var now = DateTimeOffset.UtcNow;
        await ledger.PutScheduleAsync(daily, now.AddDays(-10), new ShareClaim(null, Schedule.Shares), new AdminContext(now, "test", null), CancellationToken.None);

        await Eventually.HoldsAsync("the summary arrives", () => _receiver.Ids.Count > 0);
        var schedule = (await SendAsync("GET", "/v1/schedules/daily")).Expect(HttpStatusCode.OK).Json;
        Assert.True((DateTimeOffset)schedule["next_at"]! > now);
        Assert.True((DateTimeOffset)schedule["last_at"]! >= now.AddSeconds(-1));
        var alert = (await SendAsync("GET", "/v1/alerts?cost_center=sum")).Json["items"]!.AsArray().Single(a => (string)a!["type"]! == "spend.summary")!;
        Assert.Equal([(string)alert["alert_id"]!], _receiver.Ids);
        Assert.Equal(("5", "4", "0.25", "daily"), (alert["spent"]!.ToJsonString(), alert["summary"]!["spent_before"]!.ToJsonString(), alert["summary"]!["change"]!.ToJsonString(), (string)alert["summary"]!["schedule"]!));

        var report = (await SendAsync("GET", "/v1/reports/changes?cost_center=sum&period=day")).Expect(HttpStatusCode.OK).Json;
        Assert.Equal(("5", "4", "2"), (report["cost"]!.ToJsonString(), report["cost_before"]!.ToJsonString(), report["requests"]!.ToJsonString()));
        Assert.Equal(report["items"]!.ToJsonString(), alert["summary"]!["cost_centers"]!.ToJsonString());
        var deliveries = (await SendAsync("GET", $"/v1/alerts/{alert["alert_id"]}")).Json["deliveries"]!.AsArray();
        Assert.Equal("hook", (string)Assert.Single(deliveries)!["channel"]!);
    }

    private async Task PostAsync(string costCenter, string cost, DateTimeOffset at) =>
        (await SendAsync("POST", "/v1/usage", $$"""{"request_id":"{{costCenter}}-{{cost}}","cost_center":"{{costCenter}}","cost":{{cost}},"model":"m","timestamp":"{{at:yyyy-MM-ddTHH:mm:ssZ}}"}""")).Expect(HttpStatusCode.OK);

    private Task<ApiReply> SendAsync(string method, string path, string? body = null) => _api.SendAsync(method, path, body, KeyedHost.Admin);
}
