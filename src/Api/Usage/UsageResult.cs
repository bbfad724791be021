using BudgetEngine.Api.Errors;
using BudgetEngine.Api.Http;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Usage;
using BudgetEngine.Domain.Wording;

namespace BudgetEngine.Api.Usage;

public enum UsageResultKind
{
    Recorded,
    Duplicate,
    Rejected,
}

/// <summary>What became of one record.</summary>
/// <param name="Code">Of a rejected one: the code of the API. <paramref name="Errors"/>: by field.</param>
/// <param name="Retryable">The same record may be sent again and may then be taken.</param>
public sealed record UsageResult(
    string? RequestId, UsageResultKind Kind, Money Cost, RowFlags Flags, string? Code = null, string? Detail = null, bool Retryable = false,
    IReadOnlyList<InputFault>? Errors = null)
{
    /// <summary>Why an import could not take the model, where it has no price and an import knew it.</summary>
    public string? UnpricedBecause { get; init; }

    /// <summary>The first record of a cost center that had neither usage nor a budget.</summary>
    public bool New => (Flags & RowFlags.NewCostCenter) != 0;

    /// <summary>Of a new or unknown cost center: an existing one with a name like it; null: none is near, or it is not looked for.</summary>
    public string? Nearest { get; init; }

    /// <summary>For which cost center it was sent, where that is new or not known; else null. <see cref="NewFrom"/>: the highest that came into being with it.</summary>
    internal string? Unheard { get; init; }

    internal string? NewFrom { get; init; }

    internal static readonly WordTable<UsageResultKind> Kinds =
        new((UsageResultKind.Recorded, "recorded"), (UsageResultKind.Duplicate, "duplicate"), (UsageResultKind.Rejected, "rejected"));

    /// <summary>Seconds after which it may be taken; null: not known.</summary>
    public int? RetryAfter { get; init; }

    /// <summary>The problem of a single record that was rejected.</summary>
    internal Problem ToProblem() => new(Code!, Detail ?? "The record was rejected.", Errors) { RetryAfter = RetryAfter };
}
