namespace BudgetEngine.Deploy.Monitoring;

/// <summary>A panel of a dashboard, with the expression of each of its series.</summary>
internal sealed record DashboardPanel(string Dashboard, string Title, IReadOnlyList<string> Expressions)
{
    public override string ToString() => $"{Dashboard}: {Title}";
}
