using System.Text.Json;

namespace BudgetEngine.Cli.Engine;

/// <summary>What the engine said.</summary>
/// <param name="Body">Undefined where there is none.</param>
/// <param name="Date">The engine's clock, as its answer tells it.</param>
internal sealed record EngineAnswer(int Status, JsonElement Body, DateTimeOffset? Date);
