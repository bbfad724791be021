using System.Text.Json.Serialization;
using BudgetEngine.Api.Http.Json;
using BudgetEngine.Ledger.Reports;

namespace BudgetEngine.Api.Operations;

/// <summary>An administrative write.</summary>
public sealed record AuditResponse(
    DateTimeOffset At,
    string Key,
    string Action,
    string? CostCenter,
    [property: JsonConverter(typeof(RawJsonConverter))] string? Before,
    [property: JsonConverter(typeof(RawJsonConverter))] string? After,
    string? Reason)
{
    public static AuditResponse Of(AuditEntry e) => new(e.At, e.Actor, e.Action, e.CostCenter, e.Before, e.After, e.Reason);
}
