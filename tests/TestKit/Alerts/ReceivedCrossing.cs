namespace BudgetEngine.TestKit.Alerts;

/// <summary>A crossing as the webhook tells it.</summary>
public readonly record struct ReceivedCrossing(string CostCenter, string? User, string Period, string WindowStart, decimal Threshold, int Generation);
