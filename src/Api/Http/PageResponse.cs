using System.ComponentModel;

namespace BudgetEngine.Api.Http;

/// <summary>One page of a list.</summary>
public sealed record PageResponse<T>(
    IReadOnlyList<T> Items,
    [property: Description("Send as cursor for the next page; null: this is the last.")] string? NextCursor);
