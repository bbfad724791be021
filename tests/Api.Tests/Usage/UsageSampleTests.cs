using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using BudgetEngine.Api.Tests.Harness;
using BudgetEngine.Api.Tests.Ingest;
using BudgetEngine.TestKit.Facts;
using BudgetEngine.TestKit.Machine;

namespace BudgetEngine.Api.Tests.Usage;

/// <summary>Samples of real answers, which stay in the shared folder, as records: each costs what the table beside them says, at its price and in its tier, with its flags.</summary>
[Collection(nameof(IngestHost))]
public class UsageSampleTests(IngestHost host)
{
    private const string Table = "usage-samples/expected.csv";

    [SharedFileFact(Table)]
    public async Task Samples_OfEveryProvider_CostWhatTheInvoiceSays()
    {
        var lines = File.ReadAllLines(Repository.SharedFile(Table)!);
        var names = Cells(lines[0]);
        var tenant = await host.NewTenantAsync();
        var faults = new List<string>();
        foreach (var row in lines.Skip(1).Where(l => l.Length > 0).Select(l => names.Zip(Cells(l)).ToDictionary(c => c.First, c => c.Second)))
        {
            var entered = await host.Api.SendAsync("PUT", $"/v1/prices/{row["model"]}", row["price"], IngestHost.Admin);
            if (entered.Status is not (HttpStatusCode.Created or HttpStatusCode.OK)) faults.Add($"{row["model"]}: {entered.Body}");
            var record = new JsonObject
            {
                ["request_id"] = row["file"], ["cost_center"] = tenant.Path + "/a", ["provider"] = row["provider"], ["model"] = row["model"],
                ["usage"] = JsonNode.Parse(File.ReadAllText(Repository.SharedFile($"usage-samples/{row["file"]}")!)),
            };
            var reply = await tenant.PostAsync("/v1/usage", record.ToJsonString());
            var flags = reply.Status == HttpStatusCode.OK ? reply.Json["flags"]!.AsArray().Select(f => (string)f!).ToHashSet() : [];
            var expected = row["flags"].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (reply.Status != HttpStatusCode.OK || reply.Json["cost"]!.GetValue<decimal>() != decimal.Parse(row["cost"], CultureInfo.InvariantCulture) || !flags.IsSupersetOf(expected))
            {
                faults.Add($"{row["file"]}: {row["cost"]} {row["flags"]}, and is {reply.Body}");
            }
        }

        Assert.True(lines.Length > 25, "The table has not been read.");
        Assert.Empty(faults);
    }

    /// <summary>The cells of a line; a quote within quotes is doubled.</summary>
    private static List<string> Cells(string line)
    {
        var (cells, cell, quoted) = (new List<string>(), new StringBuilder(), false);
        for (var i = 0; i < line.Length; i++)
        {
            if (quoted && line[i] == '"' && i + 1 < line.Length && line[i + 1] == '"') cell.Append(line[++i]);
            else if (line[i] == '"') quoted = !quoted;
            else if (line[i] == ',' && !quoted)
            {
                cells.Add(cell.ToString());
                cell.Clear();
            }
            else cell.Append(line[i]);
        }

        return [.. cells, cell.ToString()];
    }
}
