using BudgetEngine.Api.Http;
using BudgetEngine.Api.Keys;
using BudgetEngine.Dashboard.Rendering;
using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Ledger.Catalogs;
using BudgetEngine.Ledger.Reports;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace BudgetEngine.Dashboard.CostCenters;

/// <summary><c>/cost-centers</c>: the tree, which branches are open is part of the address; and the search.</summary>
internal sealed class TreePage(PageGate gate, ShellMaker shells, CostCenterIndex index, CostCenterLines lines, ILedgerCostCenters ledger, Catalog catalog) : IEndpoints
{
    /// <summary>Rows of one page: each is a question to a grain.</summary>
    private const int MaxRows = 200;
    private const int MaxFound = 50;
    private const int MaxSearch = 200;

    /// <summary>Few roots are shown opened.</summary>
    private const int OpenedRoots = 4;

    public void Map(IEndpointRouteBuilder routes) => routes.MapGet("/cost-centers", gate.Guard(SendAsync));

    private async Task SendAsync(HttpContext context, ApiKey caller)
    {
        var search = context.Request.Query["q"].ToString().Trim();
        if (search.Length > MaxSearch) search = search[..MaxSearch];
        var all = await index.ByUtilizationAsync(caller.Subtree.CostCenter);
        var shell = await shells.MakeAsync(context, caller, search.Length > 0 ? "Search" : "Cost centers", "cost-centers");
        if (search.Length > 0 && all.Contains(search))
        {
            PageAnswer.GoTo(context, Markup.Address(search));
            return;
        }

        var model = search.Length > 0 ? await FoundAsync(caller, shell, search, all, context.RequestAborted) : await TreeAsync(context, caller, shell, all.Count);
        await PageAnswer.SendAsync(context, Slices.Tree.Create(model));
    }

    private async Task<TreeModel> FoundAsync(ApiKey caller, Shell shell, string search, IReadOnlyList<string> all, CancellationToken cancellationToken)
    {
        var found = all.Where(p => p.Contains(search, StringComparison.OrdinalIgnoreCase)).ToList();
        var read = await lines.ReadAsync([.. found.Take(MaxFound)], caller.Subtree.Depth, cancellationToken);
        return new TreeModel(shell, [.. read.Select(l => new TreeRow(l, 0, 0, false))], search, found.Count, found.Count > MaxFound, []);
    }

    private async Task<TreeModel> TreeAsync(HttpContext context, ApiKey caller, Shell shell, int all)
    {
        var roots = caller.Subtree.CostCenter is { } subtree ? [subtree] : catalog.Current.Policies.Tenants.Select(t => t.Tenant).Order(StringComparer.Ordinal).ToList();
        var open = context.Request.Query.TryGetValue("open", out var asked)
            ? asked.ToString().Split(',').Where(p => CostCenterId.TryParse(p, out _, out _) && caller.See(p) is null).Take(MaxRows).ToHashSet(StringComparer.Ordinal)
            : roots.Take(OpenedRoots).ToHashSet(StringComparer.Ordinal);
        var rows = new List<(string Path, int Level, long Children, bool IsOpen)>();
        var cut = false;
        foreach (var root in roots) cut |= await AddAsync(rows, root, 0, open, context.RequestAborted);
        var read = await lines.ReadAsync([.. rows.Select(r => r.Path)], caller.Subtree.Depth, context.RequestAborted);
        return new TreeModel(shell, [.. rows.Select((r, i) => new TreeRow(read[i], r.Level, r.Children, r.IsOpen))], "", all, cut, [.. open.Order(StringComparer.Ordinal)]);
    }

    /// <summary>True: not all of it fits.</summary>
    private async Task<bool> AddAsync(List<(string Path, int Level, long Children, bool IsOpen)> rows, string path, int level, HashSet<string> open, CancellationToken cancellationToken)
    {
        if (rows.Count >= MaxRows) return true;
        var isOpen = open.Contains(path);
        var (children, count) = await ledger.ListChildrenAsync(path, isOpen ? MaxRows : 1, cancellationToken);
        rows.Add((path, level, count, isOpen && count > 0));
        if (!isOpen) return false;
        var cut = count > children.Count;
        foreach (var child in children) cut |= await AddAsync(rows, child, level + 1, open, cancellationToken);
        return cut;
    }
}
