using System.ComponentModel.DataAnnotations;

namespace BudgetEngine.Api.OpenApi;

/// <summary>The path of a cost center.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class CostCenterTextAttribute() : RegularExpressionAttribute(Parameter.CostCenterPattern);
