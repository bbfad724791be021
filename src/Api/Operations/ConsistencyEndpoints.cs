using System.Text.Json;
using BudgetEngine.Domain;
using BudgetEngine.Grains.Interfaces.CostCenters;
using BudgetEngine.Ledger;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace BudgetEngine.Api;

/// <summary><c>GET /v1/consistency</c>: rows against balances in one snapshot; balances against grains where both report the same version.</summary>
internal sealed class ConsistencyEndpoints(Gate gate, ILedgerStore ledger, LiveNodes nodes) : IEndpoints
{
    private const int ReadAtOnce = 500;

    /// <summary>Grains that are asked; beyond it only the ledger is compared, and the answer says how many were.</summary>
    private const int MaxGrains = 5_000;

    private const int MaxDifferences = 100;

    public void Map(IEndpointRouteBuilder routes) => routes.MapGet("/v1/consistency", gate.Guard(Scopes.Read, GetAsync));

    private async Task<Problem?> GetAsync(HttpContext context, ApiKey caller)
    {
        var query = new QueryReader(context, new FaultList());
        var asked = query.CostCenter("cost_center");
        if ((query.Problem() ?? caller.Under(asked, out _)) is { } problem) return problem;
        caller.Under(asked, out var under);
        var report = await ledger.CheckConsistencyAsync(under, context.RequestAborted);
        var grains = await CompareGrainsAsync(under, context.RequestAborted);
        var answer = JsonAnswer.Begin(context);
        var json = answer.Writer;
        json.WriteStartObject();
        json.WriteBoolean("consistent"u8, report.Differences.Count == 0 && grains.Differences.Count == 0 && grains.Broken.Count == 0);
        json.WriteNumber("rows_checked"u8, report.RowsChecked);
        json.WriteNumber("balances_checked"u8, report.BalancesChecked);
        json.WriteNumber("grains_checked"u8, grains.Checked);
        json.WriteStartArray("differences"u8);
        foreach (var difference in report.Differences) Write(json, difference);
        json.WriteEndArray();
        json.WriteStartArray("grain_differences"u8);
        foreach (var difference in grains.Differences) Write(json, difference);
        json.WriteEndArray();
        json.WriteStartArray("broken"u8);
        foreach (var (path, fault) in grains.Broken) WriteBroken(json, path, fault);
        json.WriteEndArray();
        json.WriteEndObject();
        await answer.SendAsync();
        return null;
    }

    private async Task<GrainReport> CompareGrainsAsync(string? under, CancellationToken cancellationToken)
    {
        var report = new GrainReport();
        string? last = null;
        for (var seen = 0; seen < MaxGrains;)
        {
            var summaries = await ledger.ListCostCentersAsync(under, last, ReadAtOnce, nodes.TodayOf, cancellationToken);
            if (summaries.Count == 0) break;
            last = summaries[^1].CostCenter;
            seen += summaries.Count;
            var views = await nodes.ViewAllAsync([.. summaries.Select(s => s.CostCenter)]);
            for (var i = 0; i < views.Length; i++) report.Add(summaries[i], views[i], nodes.TodayOf(summaries[i].CostCenter));
        }

        return report;
    }

    private static void Write(Utf8JsonWriter json, BalanceDifference difference)
    {
        json.WriteStartObject();
        json.WriteString("kind"u8, difference.Kind);
        json.WriteString("cost_center"u8, difference.CostCenter);
        CheckAnswerJson.WriteText(json, "user"u8, difference.User);
        json.WriteDate("window"u8, difference.Window);
        json.WriteMoney("balance"u8, difference.Balance);
        json.WriteMoney("rows"u8, difference.Rows);
        json.WriteNumber("balance_requests"u8, difference.BalanceRequests);
        json.WriteNumber("row_requests"u8, difference.RowRequests);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, GrainDifference difference)
    {
        json.WriteStartObject();
        json.WriteString("kind"u8, difference.Kind);
        json.WriteString("cost_center"u8, difference.CostCenter);
        json.WriteMoney("balance"u8, difference.Balance);
        json.WriteMoney("grain"u8, difference.Grain);
        json.WriteEndObject();
    }

    private static void WriteBroken(Utf8JsonWriter json, string path, string fault)
    {
        json.WriteStartObject();
        json.WriteString("cost_center"u8, path);
        json.WriteString("fault"u8, fault);
        json.WriteEndObject();
    }

    private sealed record GrainDifference(string Kind, string CostCenter, Money Balance, Money Grain);

    private sealed class GrainReport
    {
        public int Checked { get; private set; }

        public List<GrainDifference> Differences { get; } = [];

        public List<(string Path, string Fault)> Broken { get; } = [];

        public void Add(CostCenterSummary ledger, NodeView grain, DateOnly today)
        {
            if (grain.Broken is { } fault) Broken.Add((ledger.CostCenter, fault));
            // Another day or version: something was in flight between the two reads, and says nothing.
            if (grain.Today != today) return;
            var day = Compare("day", ledger.CostCenter, ledger.Day, grain.DayVersion, grain.SpentToday);
            var month = Compare("month", ledger.CostCenter, ledger.Month, grain.MonthVersion, grain.SpentMonth);
            if (day || month) Checked++;
        }

        private bool Compare(string kind, string path, Balance balance, long version, long spent)
        {
            if (balance.Version != version) return false;
            if (balance.Spent.Nanos != spent && Differences.Count < MaxDifferences) Differences.Add(new(kind, path, balance.Spent, new Money(spent)));
            return true;
        }
    }
}
