using System.Globalization;
using BudgetEngine.Reports.Fill;

namespace BudgetEngine.Reports.Measure;

/// <summary>What is asked.</summary>
/// <param name="Bound">The wanted p95, in milliseconds.</param>
/// <param name="Path">The address of one round.</param>
internal sealed record ReportQuestion(string Name, int Bound, Func<int, string> Path)
{
    private const int List = 200;
    private const int One = 50;

    /// <summary>A prime, so that each round asks about another team.</summary>
    private const int NextTeam = 7_919;

    public static IReadOnlyList<ReportQuestion> Of(FillPlan plan)
    {
        var today = Text(plan.LastDay);
        var (lastMonth, thisMonth, week) = (Text(plan.FirstDay), Text(plan.FirstDay.AddMonths(1)), Text(plan.LastDay.AddDays(-6)));
        string Team(int round) => FillPlan.PathOf(round * NextTeam % plan.Teams);
        return
        [
            new("spend of all teams, this month", List, _ => "/v1/reports/spend?level=3"),
            new("spend of all teams, last month", List, _ => $"/v1/reports/spend?level=3&from={lastMonth}&to={thisMonth}"),
            new("spend of all teams, both months", List, _ => $"/v1/reports/spend?level=3&from={lastMonth}"),
            new("spend of all teams, seven days", List, _ => $"/v1/reports/spend?level=3&from={week}"),
            new("spend of all teams, today", List, _ => $"/v1/reports/spend?level=3&from={today}"),
            new("spend of all teams, a page far behind", List, _ => "/v1/reports/spend?level=3&cursor=" + FarBehind),
            new("spend of the departments", List, _ => "/v1/reports/spend?level=2"),
            new("spend of the tenants", List, _ => "/v1/reports/spend"),
            new("spend of a tenant's teams", List, r => $"/v1/reports/spend?level=3&cost_center={FillPlan.TenantOf(r)}"),
            new("summary of the month", List, _ => "/v1/reports/summary"),
            new("models", List, _ => "/v1/reports/models"),
            new("providers", List, _ => "/v1/reports/providers"),
            new("users", List, _ => "/v1/reports/users"),
            new("users of a tenant", List, r => $"/v1/reports/users?cost_center={FillPlan.TenantOf(r)}"),
            new("tags", List, _ => "/v1/reports/tags"),
            new("trend of sixty days", List, _ => "/v1/reports/trend"),
            new("budgets, the highest", List, _ => "/v1/reports/budgets"),
            new("cost centers by utilization", List, _ => "/v1/cost-centers?sort=utilization"),
            new("cost centers by name", List, _ => "/v1/cost-centers"),
            new("spikes of teams, seven days", List, _ => "/v1/reports/spikes?level=3"),
            new("forecast", List, _ => "/v1/reports/forecast"),
            new("usage, the newest", List, _ => "/v1/usage"),
            new("usage of a tenant, the newest", List, r => $"/v1/usage?cost_center={FillPlan.TenantOf(r)}"),
            new("usage of today, the dearest", List, _ => $"/v1/usage?sort=-cost&from={today}"),
            new("one team: spend", One, r => $"/v1/reports/spend?cost_center={Team(r)}"),
            new("one team: summary", One, r => $"/v1/reports/summary?cost_center={Team(r)}"),
            new("one team: models", One, r => $"/v1/reports/models?cost_center={Team(r)}"),
            new("one team: users", One, r => $"/v1/reports/users?cost_center={Team(r)}"),
            new("one team: trend", One, r => $"/v1/reports/trend?cost_center={Team(r)}"),
            new("one team: forecast", One, r => $"/v1/reports/forecast?cost_center={Team(r)}"),
            new("one team: budgets", One, r => $"/v1/reports/budgets?cost_center={Team(r)}"),
            new("one team: itself", One, r => $"/v1/cost-centers/{Team(r)}"),
            new("one team: usage", One, r => $"/v1/usage?cost_center={Team(r)}"),
            new("one team: dearest usage", One, r => $"/v1/usage?sort=-cost&cost_center={Team(r)}"),
        ];
    }

    /// <summary>Replaced by the cursor of a page that was read before.</summary>
    public const string FarBehind = "{far-behind}";

    private static string Text(DateOnly date) => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
