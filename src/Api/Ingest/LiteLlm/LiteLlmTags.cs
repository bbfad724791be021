using System.Text.Json;

namespace BudgetEngine.Api.Ingest.LiteLlm;

/// <summary>Tags of a payload: the name that its cost center was made of, then the request's own, <c>name:value</c> or a bare word.</summary>
internal static class LiteLlmTags
{
    private const string Present = "true";

    public static IReadOnlyList<KeyValuePair<string, string>> Of(LiteLlmPayload payload, string? costCenterName)
    {
        var tags = new List<KeyValuePair<string, string>>();
        if (costCenterName is not null) tags.Add(new(LiteLlmRecords.NameTag, costCenterName));
        if (payload.Find("request_tags") is not { ValueKind: JsonValueKind.Array } list) return tags;
        foreach (var item in list.EnumerateArray())
        {
            if (ForeignValues.Text(item)?.Trim() is not { } tag) continue;
            var colon = tag.IndexOf(':');
            tags.Add(colon > 0 ? new(tag[..colon], tag[(colon + 1)..].Trim()) : new(tag, Present));
        }

        return tags;
    }
}
