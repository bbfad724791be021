using BudgetEngine.Api.Checks;

namespace BudgetEngine.Api.Gateway;

/// <summary>What a gateway is answered.</summary>
/// <param name="Command">What was checked; null: refused before.</param>
/// <param name="Decision">Null with <paramref name="Command"/>.</param>
/// <param name="Denial">Null: allowed.</param>
internal readonly record struct GatewayAnswer(CheckCommand? Command, CheckAnswer? Decision, string? Session, string RequestId, GatewayDenial? Denial);
