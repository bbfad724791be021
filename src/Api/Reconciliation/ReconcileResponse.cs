using System.ComponentModel;
using System.Text.Json.Serialization;
using BudgetEngine.Domain.Amounts;

namespace BudgetEngine.Api.Reconciliation;

/// <summary>How an invoice and the ledger compare.</summary>
/// <param name="Matched">Calls, or groups of calls, that are the same within the tolerance.</param>
public sealed record ReconcileResponse(
    string From, string To, string? CostCenter, string? Provider, decimal Tolerance, long Lines, decimal Invoiced, decimal Recorded, decimal Difference, long Matched,
    [property: Description("On the invoice, not in the ledger.")] MismatchesResponse Missing,
    [property: Description("In the ledger, not on the invoice.")] MismatchesResponse Extra,
    [property: Description("In both, at another price.")] MismatchesResponse Price,
    [property: Description("Names of the lines that mean nothing here.")] IReadOnlyCollection<string> Ignored);

/// <summary>Differences of one kind.</summary>
/// <param name="Amount">The sum of all of them: invoiced less recorded. <paramref name="Items"/>: the first 500.</param>
public sealed record MismatchesResponse(long Count, decimal Amount, IReadOnlyList<MismatchResponse> Items);

/// <summary>One difference.</summary>
/// <param name="Rows">Rows of the ledger. <paramref name="Amount"/>: invoiced less recorded.</param>
public sealed record MismatchResponse(
    string? RequestId, DateOnly? Date, string? Provider, string? Model, long Rows, Money Invoiced, Money Recorded, Money Amount,
    [property: Description("What would settle it; null where no single request can.")] SettlementResponse? Settle);

/// <summary>A request to this API, to be sent by whoever decides so.</summary>
/// <param name="Path">POST it there.</param>
public sealed record SettlementResponse(string Path, SettlementBodyResponse Body);

/// <summary>The body of such a request: of a correction, or of a record of usage.</summary>
public sealed record SettlementBodyResponse(string RequestId, string CostCenter)
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Corrects { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Money? Amount { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Reason { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Provider { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Model { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Money? Cost { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? Timestamp { get; init; }
}
