namespace BudgetEngine.Api.OpenApi;

/// <summary>The chapters of the OpenAPI document.</summary>
internal static class Tags
{
    public const string Check = "Check";
    public const string Gateway = "Gateway";
    public const string Usage = "Usage";
    public const string Budgets = "Budgets";
    public const string CostCenters = "Cost centers";
    public const string Prices = "Prices";
    public const string Keys = "Keys";
    public const string Reports = "Reports";
    public const string Alerts = "Alerts";
    public const string Operations = "Operations";
}
