using System.ComponentModel;
using System.Text.Json.Serialization;
using BudgetEngine.Api.Http.Json;
using BudgetEngine.Ledger.Reports;

namespace BudgetEngine.Api.Operations;

/// <summary>An administrative write.</summary>
public sealed record AuditResponse(
    DateTimeOffset At,
    string Key,
    [property: Description("Null: the key is not stored any more, or is not for this caller to see.")] string? KeyName,
    string Action,
    string? CostCenter,
    [property: JsonConverter(typeof(RawJsonConverter))] string? Before,
    [property: JsonConverter(typeof(RawJsonConverter))] string? After,
    string? Reason)
{
    public static AuditResponse Of(AuditEntry e, string? keyName) => new(e.At, e.Actor, keyName, e.Action, e.CostCenter, e.Before, e.After, e.Reason);
}
