using System.Text.Json;

namespace BudgetEngine.Domain.Usage.Reported;

/// <summary>Parts of a whole.</summary>
internal static class Parts
{
    /// <summary>The first of these that is an object; of kind Undefined without one.</summary>
    public static JsonElement First(JsonElement parent, params ReadOnlySpan<string> names)
    {
        if (parent.ValueKind != JsonValueKind.Object) return default;
        foreach (var name in names)
        {
            if (parent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Object) return value;
        }

        return default;
    }

    /// <summary>What is left of a part without what came from a cache.</summary>
    public static long? Without(long? part, long? cached) => part is { } all ? Math.Max(0, all - (cached ?? 0)) : null;

    /// <summary>Adds reasoning that the output does not have in it.</summary>
    public static void AddReasoning(UsageTally tally, long reasoning)
    {
        tally.Counts = tally.Counts with { Output = (tally.Counts.Output ?? 0) + reasoning, Reasoning = reasoning };
        if (reasoning > 0) tally.Flags |= RowFlags.PartsAdded;
    }
}
