namespace BudgetEngine.Domain.Usage;

/// <summary>Tokens of one request. <paramref name="Cached"/> and <paramref name="CacheWrite"/> are inside
/// <paramref name="Input"/>, <paramref name="Reasoning"/> is inside <paramref name="Output"/>.</summary>
public readonly record struct TokenCounts(long Input, long Cached, long CacheWrite, long Output, long Reasoning)
{
    /// <summary>The largest count accepted: a million times today's longest context, and small enough for exact sums of costs in 128 bits.</summary>
    public const long MaxTokens = 1_000_000_000_000;

    public bool IsValid =>
        IsInRange(Input) && IsInRange(Cached) && IsInRange(CacheWrite) && IsInRange(Output) && IsInRange(Reasoning)
        && Cached + CacheWrite <= Input && Reasoning <= Output;

    /// <summary>Every fault, by the field's name; empty exactly when <see cref="IsValid"/>.</summary>
    public IReadOnlyList<FieldFault> Faults()
    {
        if (IsValid) return [];
        var faults = new List<FieldFault>();
        AddRange(faults, "input_tokens", Input);
        AddRange(faults, "cached_input_tokens", Cached);
        AddRange(faults, "cache_write_tokens", CacheWrite);
        AddRange(faults, "output_tokens", Output);
        AddRange(faults, "reasoning_tokens", Reasoning);
        AddPart(faults, "cached_input_tokens", Cached, "input_tokens", Input);
        AddPart(faults, "cache_write_tokens", CacheWrite, "input_tokens", Input);
        AddPart(faults, "reasoning_tokens", Reasoning, "output_tokens", Output);

        // Only where neither part alone is too large: otherwise the sum says nothing new. 128 bits, since a part may be any number.
        if (Cached >= 0 && CacheWrite >= 0 && Cached <= Input && CacheWrite <= Input && (Int128)Cached + CacheWrite > Input)
        {
            faults.Add(new("cached_input_tokens", "must not, together with cache_write_tokens, be larger than input_tokens"));
        }

        return faults;
    }

    private static bool IsInRange(long count) => count is >= 0 and <= MaxTokens;

    private static void AddRange(List<FieldFault> faults, string field, long count)
    {
        if (count < 0) faults.Add(new(field, "must not be negative"));
        if (count > MaxTokens) faults.Add(new(field, $"must be at most {MaxTokens}"));
    }

    private static void AddPart(List<FieldFault> faults, string field, long part, string wholeField, long whole)
    {
        if (part > Math.Max(0, whole)) faults.Add(new(field, $"must not be larger than {wholeField}, which includes it"));
    }
}
