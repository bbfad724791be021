using System.ComponentModel.DataAnnotations;
using BudgetEngine.Api.Checks;
using BudgetEngine.Domain.Wording;

namespace BudgetEngine.Api.CostCenters;

/// <summary>Every limited window of a path.</summary>
public sealed record LimitsResponse(
    string CostCenter, string? User, [property: AllowedValues(Words.Allow, Words.Deny)] string Decision, string? Reason, IReadOnlyList<WindowResponse> Items, string? NextCursor);
