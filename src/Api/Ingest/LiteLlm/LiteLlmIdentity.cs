namespace BudgetEngine.Api.Ingest.LiteLlm;

/// <summary>What makes a payload the same as one that came before. What costs nothing never takes the place of what does.</summary>
internal static class LiteLlmIdentity
{
    /// <summary>
    /// The answer's id, else the call's. A cached answer comes with the id of the one that was paid for, so a hit goes by its call; a failure that has no answer's
    /// id goes by its call and its start, as the call may be tried again and succeed; a look at a batch that is not done yet goes by the kind of the look.
    /// </summary>
    /// <returns>Null: it has none.</returns>
    public static string? Of(LiteLlmPayload payload)
    {
        if ((payload.Id ?? payload.CallId) is not { } id) return null;
        if (payload.IsCacheHit) return StableId.Of((payload.CallId ?? id) + ":cache_hit");
        if (payload.IsFailure && (payload.Id is null || payload.Id == payload.CallId)) return StableId.Of($"{id}:failure:{payload.Text("startTime")}");
        if (IsUnfinished(payload)) return StableId.Of($"{id}:{payload.CallType}");
        return StableId.Of(id);
    }

    public static bool IsBatch(LiteLlmPayload payload) => payload.CallType.Contains("batch", StringComparison.OrdinalIgnoreCase);

    /// <summary>A look at a batch that has not cost anything yet.</summary>
    public static bool IsUnfinished(LiteLlmPayload payload) => IsBatch(payload) && (payload.Cost is null or 0) && !payload.HasUse;
}
