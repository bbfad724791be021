using BudgetEngine.Api.Errors;
using BudgetEngine.Api.Http;
using BudgetEngine.Domain.CostCenters;
using Microsoft.AspNetCore.Http;

namespace BudgetEngine.Api.Budgets;

/// <summary>The cost center at the end of a path, and the user of <c>?user=</c>.</summary>
/// <param name="DryRun">Nothing is written: the answer is that of the write.</param>
internal readonly record struct Target(CostCenterId CostCenter, string? User, bool DryRun)
{
    public string Path => CostCenter.Path;

    public static Problem? Read(HttpContext context, int leadingSegments, bool writes, out Target target)
    {
        target = default;
        var faults = new FaultList();
        var query = new QueryReader(context, faults);
        var text = RawTarget.TailOf(context, leadingSegments, out var fault);
        if (fault is null) CostCenterId.TryParse(text, out _, out fault);
        if (fault is not null) faults.Add("cost_center", fault);
        var user = query.Text("user", TextRules.MaxUser);
        var dryRun = writes && query.Flag("dry_run");
        if (query.Problem() is { } problem) return problem;
        CostCenterId.TryParse(text, out var id, out _);
        target = new Target(id, user, dryRun);
        return null;
    }
}
