namespace BudgetEngine.Api;

/// <summary>What a probe is told; its shape is the same in every state.</summary>
public sealed record HealthResponse(string Status);
