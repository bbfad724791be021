namespace BudgetEngine.Silo.Demo;

/// <summary>One team of the demo, and how it calls while the demo runs.</summary>
internal sealed record DemoTeam(string CostCenter, string Provider, string Model, string Feature, TimeSpan Pause, int InputTokens, int OutputTokens, int Users);
