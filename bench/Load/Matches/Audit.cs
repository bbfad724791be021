using System.Text.Json;
using BudgetEngine.Load.Http;
using BudgetEngine.Load.Loads;
using BudgetEngine.Load.Measure;
using BudgetEngine.Load.Rivals;
using BudgetEngine.Load.Servers;

namespace BudgetEngine.Load.Matches;

/// <summary>After the loads: every contestant's books must come to exactly what it has acknowledged, and nothing may be held, so that no one is measured on errors.</summary>
internal sealed class Audit(Arena arena, Faults faults)
{
    private const decimal NanosPerUnit = 1_000_000_000;

    /// <returns>A line for each contestant.</returns>
    public async Task<IReadOnlyList<AuditLine>> RunAsync(CancellationToken cancellationToken)
    {
        var lines = new List<AuditLine>();
        foreach (var (name, server) in arena.Servers.Where(s => s.Key != Contestants.Echo))
        {
            var totals = Contestants.IsEngine(name) ? await OfEngineAsync(server, cancellationToken) : await OfRivalAsync(server, cancellationToken);
            var line = new AuditLine(name, server.Recorded, totals);
            lines.Add(line);
            if (!line.IsExact) faults.Add(name, $"{line.Acknowledged} records acknowledged, but its books say {totals}");
        }

        return lines;
    }

    private static async Task<Totals> OfRivalAsync(ChildServer server, CancellationToken cancellationToken)
    {
        using var answer = await GetAsync(server, RivalHost.TotalsPath, cancellationToken);
        return answer.RootElement.Deserialize<Totals>()!;
    }

    /// <summary>By what the tenants' live nodes say, which every record and every hold has passed.</summary>
    private static async Task<Totals> OfEngineAsync(ChildServer server, CancellationToken cancellationToken)
    {
        var (spent, held) = (0m, 0m);
        foreach (var tenant in new[] { CostCenters.LoadTenant, CostCenters.WideTenant })
        {
            using var answer = await GetAsync(server, $"/v1/limits?cost_center={tenant}", cancellationToken);
            var monthly = answer.RootElement.GetProperty("items").EnumerateArray().Single(w => w.GetProperty("period").ValueEquals("monthly"));
            spent += monthly.GetProperty("spent").GetDecimal();
            held += monthly.GetProperty("held").GetDecimal();
        }

        return new Totals((long)(spent * NanosPerUnit), (long)(held * NanosPerUnit), null);
    }

    private static async Task<JsonDocument> GetAsync(ChildServer server, string path, CancellationToken cancellationToken)
    {
        using var connection = await Connection.OpenAsync(server.Port, cancellationToken);
        var answer = await connection.ExchangeAsync(WireRequest.Of("GET", path).Bytes);
        if (answer.Status != 200) throw new InvalidOperationException(answer.Describe(path));
        var document = JsonDocument.Parse(answer.Body.ToArray());
        // Off the thread that polls the sockets.
        await Task.Yield();
        return document;
    }
}

/// <summary>What one contestant has acknowledged, and what its books come to.</summary>
internal sealed record AuditLine(string Contestant, long Acknowledged, Totals Totals)
{
    public bool IsExact => Totals.Spent == Acknowledged * RivalAmounts.Cost && Totals.Held == 0 && (Totals.Records ?? Acknowledged) == Acknowledged;
}
