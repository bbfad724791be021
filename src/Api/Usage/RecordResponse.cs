using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using BudgetEngine.Api.Checks;
using BudgetEngine.Api.Errors;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Usage;
using BudgetEngine.Domain.Wording;

namespace BudgetEngine.Api.Usage;

/// <summary>What became of a single record, and whether a next check like it would be allowed.</summary>
public sealed record UsageResponse(
    string? RequestId,
    [property: AllowedValues("recorded", "duplicate")] UsageResultKind Result,
    Money Cost,
    RowFlags Flags,
    [property: AllowedValues(Words.Allow, Words.Deny)] string Decision,
    WindowResponse? Tightest,
    IReadOnlyList<string> Ignored,
    [property: Description("Of a model without a price that an import knew: why it could not take it."), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? UnpricedBecause,
    [property: Description("The first record of a cost center that had neither usage nor a budget."), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] bool? New,
    [property: Description("Of a new or unknown cost center: an existing one with a name like it."), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Nearest);

/// <summary>What became of a correction.</summary>
public sealed record CorrectionResponse(
    string? RequestId, [property: AllowedValues("recorded", "duplicate")] UsageResultKind Result, Money Cost, RowFlags Flags, string Corrects);

/// <summary>What became of one record of a batch.</summary>
public sealed record RecordResponse(
    long Index,
    string? RequestId,
    UsageResultKind Result,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Money? Cost,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] RowFlags? Flags,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Code,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Detail,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] bool? Retryable,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyDictionary<string, IReadOnlyList<string>>? Errors,
    [property: Description("Of a model without a price that an import knew: why it could not take it."), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? UnpricedBecause,
    [property: Description("The first record of a cost center that had neither usage nor a budget."), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] bool? New,
    [property: Description("Of a new or unknown cost center: an existing one with a name like it."), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Nearest)
{
    public static RecordResponse Of(long index, UsageResult r) => r.Kind == UsageResultKind.Rejected
        ? new RecordResponse(index, r.RequestId, r.Kind, null, null, r.Code, r.Detail, r.Retryable, ProblemResponse.ByField(r.Errors), null, null, null)
        : new RecordResponse(index, r.RequestId, r.Kind, r.Cost, r.Flags, null, null, null, null, r.UnpricedBecause, r.New ? true : null, r.Nearest);
}
