using System.Collections.Immutable;
using BudgetEngine.Api.Http;
using BudgetEngine.Domain.Prices;
using BudgetEngine.Domain.Usage;

namespace BudgetEngine.Api.Prices;

/// <summary>The body of a price as it is being read.</summary>
/// <param name="from">What stays where it is not sent, of a part of a price; null: nothing.</param>
internal sealed class PriceDraft(PriceVersion? from = null)
{
    public const int MaxAliases = 50;

    public RateCardDraft Prices { get; } = new(from?.Prices);

    public long? MaxOutputTokens { get; private set; } = from?.MaxOutputTokens;

    public ImmutableArray<string> Aliases { get; private set; } = from is null || from.Aliases.IsDefault ? [] : from.Aliases;

    public DateTimeOffset? EffectiveFrom { get; private set; }

    public string? Reason { get; private set; }

    public static void Read(ref JsonFields fields, PriceDraft draft)
    {
        while (fields.Next())
        {
            if (draft.Prices.Read(ref fields)) continue;
            if (fields.Is("max_output_tokens"u8)) draft.MaxOutputTokens = fields.Integer(1, TokenCounts.MaxTokens);
            else if (fields.Is("aliases"u8)) draft.Aliases = ReadAliases(ref fields);
            else if (fields.Is("effective_from"u8)) draft.EffectiveFrom = fields.Time();
            else if (fields.Is("reason"u8)) draft.Reason = fields.Text(TextRules.MaxReason);
            else fields.Unknown();
        }
    }

    private static ImmutableArray<string> ReadAliases(ref JsonFields fields)
    {
        if (!fields.EnterArray()) return [];
        var aliases = new List<string>();
        var count = 0;
        while (fields.NextItem())
        {
            count++;
            if (fields.ItemText(PriceBook.MaxNameLength, printable: true) is { } alias && count <= MaxAliases && !aliases.Contains(alias)) aliases.Add(alias);
        }

        if (count > MaxAliases) fields.Fault($"must be at most {MaxAliases}");
        return [.. aliases];
    }
}
