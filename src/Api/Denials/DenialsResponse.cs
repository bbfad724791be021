using System.ComponentModel;
using BudgetEngine.Ledger.Denials;

namespace BudgetEngine.Api.Denials;

/// <summary>One page of denials.</summary>
public sealed record DenialsResponse(
    IReadOnlyList<DenialResponse> Items,
    [property: Description("Send as cursor for the next page; null: this is the last.")] string? NextCursor,
    [property: Description("Denials of the cost center, reason and time that were only counted; null: none.")] OmittedDenialsResponse? Omitted);

/// <summary>Denials that were only counted, because there were too many in a minute.</summary>
/// <param name="Reasons">How many for each reason.</param>
/// <param name="From">The first such minute.</param>
/// <param name="To">The end of the last.</param>
public sealed record OmittedDenialsResponse(long Count, IReadOnlyDictionary<string, long> Reasons, DateTimeOffset From, DateTimeOffset To)
{
    public static OmittedDenialsResponse? Of(IReadOnlyList<OmittedSum> sums) => sums.Count == 0 ? null : new(
        sums.Sum(s => s.Count), sums.ToDictionary(s => s.Reason, s => s.Count), sums.Min(s => s.First), sums.Max(s => s.Last).AddMinutes(1));
}
