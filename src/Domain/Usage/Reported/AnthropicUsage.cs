using System.Text.Json;

namespace BudgetEngine.Domain.Usage.Reported;

/// <summary>Anthropic's messages: the input leaves out what was read from a cache or written to one. A compaction lists its calls under <c>iterations</c>.</summary>
internal static class AnthropicUsage
{
    private static readonly string[] Signs = ["cache_read_input_tokens", "cache_creation_input_tokens", "cache_creation", "iterations"];

    /// <summary>Its names for the cache, without OpenAI's for the prompt or its details, whose whole would include them.</summary>
    public static bool Fits(JsonElement usage)
    {
        if (usage.TryGetProperty("prompt_tokens", out _) || Parts.First(usage, OpenAiUsage.InputDetails).ValueKind == JsonValueKind.Object) return false;
        foreach (var sign in Signs)
        {
            if (usage.TryGetProperty(sign, out _)) return true;
        }

        return false;
    }

    public static void Read(JsonElement usage, UsageTally tally)
    {
        var top = Call.Of(usage, tally);
        if (!usage.TryGetProperty("iterations", out var iterations) || iterations.ValueKind != JsonValueKind.Array || iterations.GetArrayLength() == 0)
        {
            tally.Counts = top.ToCounts(null);
            return;
        }

        var (messages, others, largest) = (default(Call), default(Call), 0L);
        foreach (var iteration in iterations.EnumerateArray())
        {
            var call = Call.Of(iteration, tally);
            largest = Math.Max(largest, call.WholeInput ?? 0);
            if (ServiceTiers.TextOf(iteration, "type") is null or "message") messages += call;
            else others += call;
        }

        // The object itself counts the answer's own calls and leaves out the others.
        tally.Counts = (Call.Larger(top, messages) + others).ToCounts(iterations.GetArrayLength() > 1 ? largest : null);
    }

    /// <summary>One call of a message, or the sum of several.</summary>
    private readonly record struct Call(long? Input, long? Read, long? Write, long? WriteHour, long? Output, long? Reasoning)
    {
        public long? WholeInput => Sum(Sum(Input, Read), Sum(Write, WriteHour));

        public static Call Of(JsonElement usage, UsageTally tally)
        {
            var write = CacheWrites.Of(tally, usage, default, ["cache_creation_input_tokens"], []);
            return new Call(
                tally.Count(usage, "input_tokens"), tally.Count(usage, "cache_read_input_tokens"), write.FiveMinutes, write.Hour, tally.Count(usage, "output_tokens"),
                tally.Count(Parts.First(usage, "output_tokens_details"), "reasoning_tokens", "thinking_tokens"));
        }

        public static Call operator +(Call a, Call b) => new(
            Sum(a.Input, b.Input), Sum(a.Read, b.Read), Sum(a.Write, b.Write), Sum(a.WriteHour, b.WriteHour), Sum(a.Output, b.Output), Sum(a.Reasoning, b.Reasoning));

        public static Call Larger(Call a, Call b) => new(
            UsageTally.Max(a.Input, b.Input), UsageTally.Max(a.Read, b.Read), UsageTally.Max(a.Write, b.Write), UsageTally.Max(a.WriteHour, b.WriteHour),
            UsageTally.Max(a.Output, b.Output), UsageTally.Max(a.Reasoning, b.Reasoning));

        public UsageCounts ToCounts(long? largest) => new()
        {
            Input = WholeInput, CachedInput = Read, CacheWrite = Write, CacheWrite1h = WriteHour, Output = Output, Reasoning = Reasoning, LargestCallInput = largest,
        };

        private static long? Sum(long? a, long? b) => a is null ? b : a + (b ?? 0);
    }
}
