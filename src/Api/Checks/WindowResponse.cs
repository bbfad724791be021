using System.ComponentModel;
using System.Text.Json.Serialization;
using BudgetEngine.Api.Http.Json;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Windows;

namespace BudgetEngine.Api.Checks;

/// <summary>A limited window. Of one above the caller's subtree only what tells when to come back.</summary>
[Description("A limited window. Of one above the key's subtree only cost_center, period, status and resets_at are told.")]
public sealed record WindowResponse(
    string CostCenter,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] Optional<string> User,
    Period Period,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Money? Limit,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Money? Spent,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Money? Held,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Money? Available,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Money? Remaining,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] Optional<decimal?> Utilization,
    [property: Description("ok, the level of the highest threshold reached, or exceeded")] string Status,
    DateTimeOffset? ResetsAt,
    [property: Description("Of blocked_by: how many open reservations hold what is held."), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Reservations = null,
    [property: Description("Of blocked_by: when the next of them lapses."), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DateTimeOffset? NextLapseAt = null)
{
    public static WindowResponse Of(WindowView window) => window.Hidden
        ? new WindowResponse(window.CostCenter, default, window.Period, null, null, null, null, null, default, window.Status, window.ResetsAt)
        : new WindowResponse(
            window.CostCenter, window.User, window.Period, window.Limit, window.Spent, window.Held, window.Available, window.Remaining, window.Utilization,
            window.Status, window.ResetsAt, window.Reservations, window.NextLapse);

    public static WindowResponse? OfAny(WindowView? window) => window is null ? null : Of(window);

    public static IReadOnlyList<WindowResponse> Of(IReadOnlyList<WindowView> windows) => [.. windows.Select(Of)];
}
