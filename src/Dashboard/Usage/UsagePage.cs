using System.Globalization;
using BudgetEngine.Api.CostCenters;
using BudgetEngine.Api.Http;
using BudgetEngine.Api.Keys;
using BudgetEngine.Dashboard.CostCenters;
using BudgetEngine.Dashboard.Rendering;
using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Domain.Wording;
using BudgetEngine.Ledger.Reports;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace BudgetEngine.Dashboard.Usage;

/// <summary><c>/usage</c>: records, by filters that are the address.</summary>
internal sealed class UsagePage(PageGate gate, ShellMaker shells, CostCenterLines lines, ILedgerUsage ledger) : IEndpoints
{
    private const int Rows = 50;

    /// <summary>Beyond it a narrower filter finds what is looked for sooner.</summary>
    private const int MaxPage = 200;

    private static readonly string[] _filters = ["cost_center", "user", "model", "provider", "status", "session", "from", "to", "sort"];

    public void Map(IEndpointRouteBuilder routes) => routes.MapGet("/usage", gate.Guard(SendAsync));

    public static string AddressOf(IEnumerable<KeyValuePair<string, string>> filters)
    {
        var query = string.Join('&', filters.Where(f => f.Value.Length > 0).Select(f => $"{f.Key}={Uri.EscapeDataString(f.Value)}"));
        return query.Length == 0 ? "/usage" : "/usage?" + query;
    }

    private async Task SendAsync(HttpContext context, ApiKey caller)
    {
        var filters = _filters.ToDictionary(f => f, f => context.Request.Query[f].ToString().Trim(), StringComparer.Ordinal);
        var page = int.TryParse(context.Request.Query["page"], NumberStyles.None, CultureInfo.InvariantCulture, out var p) ? Math.Clamp(p, 0, MaxPage) : 0;
        var faults = new List<string>();
        var filter = Read(filters, faults, page);
        if (filter.CostCenter is { } asked && caller.See(asked) is not null)
        {
            await gate.ForbiddenAsync(context, caller);
            return;
        }

        var under = filter.CostCenter ?? caller.Subtree.CostCenter;
        var rows = faults.Count > 0 ? [] : await ledger.ReadUsageAsync(filter with { CostCenter = under }, context.RequestAborted);
        var shell = await shells.MakeAsync(context, caller, "Usage", "usage");
        var kept = filters.Where(f => f.Value.Length > 0).ToList();
        var next = rows.Count > Rows && page < MaxPage ? AddressOf([.. kept, new("page", (page + 1).ToString(CultureInfo.InvariantCulture))]) : null;
        var previous = page > 0 ? AddressOf([.. kept, new("page", page > 1 ? (page - 1).ToString(CultureInfo.InvariantCulture) : "")]) : null;
        await PageAnswer.SendAsync(context, Slices.Usage.Create(new UsageModel(shell, [.. rows.Take(Rows)], filters, faults, next, previous, lines.ZoneOf(under ?? ""))));
    }

    private static UsageFilter Read(Dictionary<string, string> filters, List<string> faults, int page)
    {
        string? costCenter = null;
        if (filters["cost_center"].Length > 0)
        {
            if (CostCenterId.TryParse(filters["cost_center"], out var id, out var fault)) costCenter = id.Path;
            else faults.Add($"The cost center {fault}.");
        }

        var status = Words.UsageStatuses.Parse(filters["status"]);
        if (filters["status"].Length > 0 && status is null) faults.Add("The status must be one of " + string.Join(", ", Words.UsageStatuses.All) + ".");
        var (from, to) = (DateOf(filters, "from", faults), DateOf(filters, "to", faults));
        if (to < from) faults.Add("The last day must not be before the first.");
        return new UsageFilter(
            from, to?.AddDays(1), costCenter, TextOf(filters, "user", TextRules.MaxUser, faults), TextOf(filters, "session", TextRules.MaxUser, faults), TextOf(filters, "model", TextRules.MaxModel, faults),
            TextOf(filters, "provider", TextRules.MaxName, faults), status, null, [], null, filters["sort"] == "cost", page * Rows, Rows + 1);
    }

    private static DateOnly? DateOf(Dictionary<string, string> filters, string name, List<string> faults)
    {
        if (filters[name].Length == 0) return null;
        if (DateOnly.TryParseExact(filters[name], "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) && date < DateOnly.MaxValue) return date;
        faults.Add($"'{name}' must be a date such as 2026-11-21.");
        return null;
    }

    private static string? TextOf(Dictionary<string, string> filters, string name, int maxLength, List<string> faults)
    {
        if (filters[name].Length == 0) return null;
        if (TextRules.FaultOf(filters[name], maxLength) is not { } fault) return filters[name];
        faults.Add($"The {name} {fault}.");
        return null;
    }
}
