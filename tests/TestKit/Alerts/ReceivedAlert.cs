namespace BudgetEngine.TestKit.Alerts;

/// <summary>What arrived under one alert id, the first time.</summary>
public sealed record ReceivedAlert(string Id, string Type, ReceivedCrossing? Crossing, DateTimeOffset At);
