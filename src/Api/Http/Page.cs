namespace BudgetEngine.Api.Http;

/// <summary>Makes pages of lists.</summary>
internal static class Page
{
    /// <param name="items">One more than <paramref name="limit"/> when there is a next page.</param>
    public static PageResponse<TResponse> Of<T, TResponse>(IReadOnlyList<T> items, int limit, Func<T, TResponse> responseOf, Func<T, string> cursorOf)
    {
        var shown = new List<TResponse>(Math.Min(items.Count, limit));
        for (var i = 0; i < items.Count && i < limit; i++) shown.Add(responseOf(items[i]));
        return new PageResponse<TResponse>(shown, items.Count > limit ? cursorOf(items[limit - 1]) : null);
    }
}
