namespace BudgetEngine.TestKit.Alerts;

/// <summary>What arrived under one alert id, the first time.</summary>
public sealed record ToldAlert(string Id, string Type, ToldCrossing? Crossing, DateTimeOffset At);
