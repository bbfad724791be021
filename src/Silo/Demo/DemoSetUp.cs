using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace BudgetEngine.Silo.Demo;

/// <summary>Everything of the demo that stands before its teams call: budgets, prices, a channel and two months of history. A repeat on the same ledger adds nothing.</summary>
internal sealed class DemoSetUp(DemoApi api, TimeProvider clock)
{
    /// <summary>The session of the record that tells when the demo was first started on this ledger.</summary>
    private const string Began = "demo-began";
    private const int SecretBytes = 32;

    /// <summary>Some 3 MB of NDJSON.</summary>
    private const int DaysOfABody = 7;

    public async Task RunAsync(Uri sink, CancellationToken stopping)
    {
        foreach (var (path, body) in DemoTenant.TenantBudgets) await api.AddBudgetAsync(path, body, stopping);
        var began = await BeganAsync(stopping);
        foreach (var (model, body) in DemoTenant.Prices) await AddPriceAsync(model, body, began, stopping);
        await AddChannelAsync(sink, stopping);
        await AddHistoryAsync(began, stopping);
        // After the history: a limit is compared with today, not with each day of two months. What a sweep still finds of those days is stored as late, and not sent.
        foreach (var (path, body) in DemoTenant.Budgets) await api.AddBudgetAsync(path, body, stopping);
        foreach (var (method, path, body) in DemoTenant.Changes(began)) await api.SendAsync(method, path, body, stopping, HttpStatusCode.Conflict);
    }

    /// <summary>The history ends where the first start was, also when the demo is started again.</summary>
    private async Task<DateTimeOffset> BeganAsync(CancellationToken stopping)
    {
        await api.SendAsync("POST", "/v1/usage", $$"""{ "request_id": "{{Began}}", "session": "{{Began}}", "cost_center": "demo", "status": "cancelled" }""", stopping);
        var rows = await api.GetAsync($"/v1/usage?cost_center=demo&session={Began}", stopping);
        return DateTimeOffset.Parse((string)rows["items"]![0]!["timestamp"]!, CultureInfo.InvariantCulture);
    }

    /// <summary>Unless there is one that is old enough for the history.</summary>
    private async Task AddPriceAsync(string model, string body, DateTimeOffset began, CancellationToken stopping)
    {
        var from = new DateTimeOffset(began.UtcDateTime.Date.AddDays(-DemoHistory.Days), TimeSpan.Zero);
        var versions = (await api.GetAsync($"/v1/prices?model={model}", stopping))["items"]!.AsArray();
        if (versions.Any(v => DateTimeOffset.Parse((string)v!["effective_from"]!, CultureInfo.InvariantCulture) <= from)) return;
        var price = JsonNode.Parse(body)!.AsObject();
        price["effective_from"] = from.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
        await api.SendAsync("PUT", $"/v1/prices/{model}", price.ToJsonString(), stopping);
    }

    /// <summary>Each start has a port and a secret of its own. Where private addresses are forbidden by hand there is no channel.</summary>
    private async Task AddChannelAsync(Uri sink, CancellationToken stopping)
    {
        var secret = Convert.ToBase64String(RandomNumberGenerator.GetBytes(SecretBytes));
        await api.SendAsync("PUT", "/v1/channels/demo-webhook", $$"""{ "type": "webhook", "under": "demo", "url": "{{sink}}", "secret": "whsec_{{secret}}" }""", stopping, HttpStatusCode.BadRequest);
        await api.SendAsync("PUT", "/v1/schedules/weekly-demo", """{ "cost_center": "demo", "channels": ["demo-webhook"], "period": "weekly" }""", stopping, HttpStatusCode.BadRequest);
    }

    private async Task AddHistoryAsync(DateTimeOffset began, CancellationToken stopping)
    {
        var started = clock.GetTimestamp();
        var (recorded, duplicates, rejected) = (0, 0, 0);
        foreach (var week in DemoHistory.DaysOf(began).Chunk(DaysOfABody))
        {
            var sent = await api.PostUsageAsync([.. week.SelectMany(d => DemoHistory.Of(d, began))], stopping);
            (recorded, duplicates, rejected) = (recorded + sent.Recorded, duplicates + sent.Duplicates, rejected + sent.Rejected);
        }

        foreach (var (id, corrects, costCenter) in DemoHistory.CorrectionsOf(began))
        {
            await api.SendAsync(
                "POST", "/v1/usage/corrections", $$"""{ "request_id": "{{id}}", "corrects": "{{corrects}}", "cost_center": "{{costCenter}}", "amount": -0.004, "reason": "The provider's credit for a cut stream" }""",
                stopping, HttpStatusCode.NotFound);
        }

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"Demo: the history of two months is there: {recorded} records are new, {duplicates} were there, {rejected} were refused; {clock.GetElapsedTime(started).TotalSeconds:0.0} s."));
    }
}
