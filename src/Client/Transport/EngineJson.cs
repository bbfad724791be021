using System.Text.Json.Serialization;
using BudgetEngine.Client.Checks;
using BudgetEngine.Client.CostCenters;
using BudgetEngine.Client.Usage;

namespace BudgetEngine.Client.Transport;

/// <summary>The engine's JSON: snake_case, absent for null.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(CheckRequest))]
[JsonSerializable(typeof(CheckAnswer))]
[JsonSerializable(typeof(ExtensionRequest))]
[JsonSerializable(typeof(ReservationAnswer))]
[JsonSerializable(typeof(UsageRecord[]))]
[JsonSerializable(typeof(UsageAnswer))]
[JsonSerializable(typeof(BatchAnswer))]
[JsonSerializable(typeof(CostCenterAnswer))]
[JsonSerializable(typeof(CostCenterPage))]
[JsonSerializable(typeof(LimitsAnswer))]
[JsonSerializable(typeof(KeyAnswer))]
[JsonSerializable(typeof(EngineProblem))]
internal sealed partial class EngineJson : JsonSerializerContext;

/// <summary>What the engine answers instead.</summary>
internal sealed record EngineProblem(string? Code, string? Detail, string? Title);
