using System.ComponentModel.DataAnnotations;

namespace BudgetEngine.Api.Operations;

/// <summary>What a probe is told; its shape is the same in every state.</summary>
public sealed record HealthResponse([property: AllowedValues("live", "starting", "ready", "degraded", "disconnected", "stopping")] string Status);
