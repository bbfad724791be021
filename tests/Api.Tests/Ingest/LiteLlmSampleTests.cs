using System.Globalization;
using System.Text.Json.Nodes;
using BudgetEngine.Api.Tests.Harness;
using BudgetEngine.TestKit.Facts;
using BudgetEngine.TestKit.Machine;

namespace BudgetEngine.Api.Tests.Ingest;

/// <summary>Payloads as the logger sends them, which stay in the shared folder: each told twice makes one row with the cost and the flags of the table beside them.</summary>
[Collection(nameof(IngestHost))]
public class LiteLlmSampleTests(IngestHost host)
{
    private const string Table = "usage-samples/expected-litellm.csv";

    [SharedFileFact(Table)]
    public async Task Samples_ToldTwice_CostWhatIsExpected()
    {
        var expected = File.ReadAllLines(Repository.SharedFile(Table)!).Skip(1).Where(l => l.Length > 0).Select(l => l.Split(',')).ToList();
        Assert.True(expected.Count >= 7, "The table has not been read.");
        foreach (var row in expected)
        {
            var tenant = await host.NewTenantAsync();
            await host.Api.SendAsync("PUT", $"/v1/budgets/{tenant.Path}", """{"default_price":{"input":10,"output":30}}""", IngestHost.Admin);
            var payload = Moved(File.ReadAllText(Repository.SharedFile($"usage-samples/{row[0]}")!));
            for (var i = 0; i < 2; i++) Assert.StartsWith(i == 0 ? "recorded" : "duplicate", Assert.Single(IngestTenant.Lines(await tenant.LiteLlmAsync(payload))), StringComparison.Ordinal);
            var rows = await tenant.RowsAsync();
            Assert.Equal((row[0], int.Parse(row[1], CultureInfo.InvariantCulture)), (row[0], rows.Length));
            Assert.Equal((row[0], decimal.Parse(row[2], CultureInfo.InvariantCulture)), (row[0], await tenant.SpentAsync()));
            Assert.Superset(row[3].Split(' ', StringSplitOptions.RemoveEmptyEntries).ToHashSet(), rows[0]["flags"]!.AsArray().Select(f => (string)f!).ToHashSet());
        }
    }

    /// <summary>All samples told to one tenant: the hit has the id of the success, and neither takes the other's place.</summary>
    [SharedFileFact(Table)]
    public async Task Samples_OfOneTenant_AreAllBooked()
    {
        var tenant = await host.NewTenantAsync();
        var files = Directory.GetFiles(Path.GetDirectoryName(Repository.SharedFile(Table)!)!, "litellm-*.json");
        var reply = await tenant.LiteLlmAsync([.. files.Select(f => Moved(File.ReadAllText(f)))]);
        Assert.Equal((files.Length, 0), ((int)reply.Json["recorded"]!, (int)reply.Json["rejected"]!));
    }

    /// <summary>The samples' times grow older than the retention.</summary>
    private static JsonObject Moved(string json)
    {
        var payload = JsonNode.Parse(json)!.AsObject();
        var now = DateTimeOffset.UtcNow.AddHours(-1).ToUnixTimeSeconds();
        return Payloads.With(payload, ("startTime", now), ("endTime", now + 1), ("completionStartTime", now));
    }
}
