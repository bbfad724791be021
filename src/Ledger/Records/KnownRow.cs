using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Usage;

namespace BudgetEngine.Ledger.Records;

/// <summary>What a batch needs to know of a row that is already stored.</summary>
internal sealed record KnownRow(
    string Tenant, string RequestId, RowKind Kind, string CostCenter, string User, string? Provider, string? Model, DateOnly Date, Money Cost, RowFlags Flags,
    Guid ContentHash, Guid BatchId)
{
    public RequestKey Key => new(Tenant, RequestId);
}
