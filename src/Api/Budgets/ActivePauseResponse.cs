using System.ComponentModel;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.CostCenters;

namespace BudgetEngine.Api.Budgets;

/// <summary>A pause in force, where all that touch something are listed.</summary>
[Description("A pause in force. Of one above the key's subtree only cost_center and until are told, the others are null.")]
public sealed record ActivePauseResponse(
    string CostCenter, string? User, string? Model, DateTimeOffset? Until, string? Reason, string? By, [property: Description("The name of the key that made it.")] string? ByName, DateTimeOffset? At)
{
    /// <param name="visibleDepth">Segments of the caller's subtree.</param>
    internal static ActivePauseResponse Of(Pause p, int visibleDepth, Func<string, string?> nameOf) => CostCenterId.DepthOf(p.CostCenter) < visibleDepth
        ? new ActivePauseResponse(p.CostCenter, null, null, p.Until, null, null, null, null)
        : new ActivePauseResponse(p.CostCenter, p.User, p.Model, p.Until, p.Reason, p.By, nameOf(p.By), p.At);
}
