using System.Collections.Immutable;
using System.Text.Json;

namespace BudgetEngine.Domain.Prices.Import;

/// <summary>
/// Compares LiteLLM's <c>model_prices_and_context_window.json</c> with a price book. Keys stay names of models, a provider's prefix included.
/// Per model the fields left behind are named, with the reason; models that the document lacks are left alone.
/// </summary>
public static class LiteLlmImport
{
    /// <summary>Several times what LiteLLM's own file holds.</summary>
    public const int MaxModels = 20_000;

    /// <summary>Twice what the rest of the API takes: the document is another's.</summary>
    private const int MaxDepth = 64;

    /// <summary>An entry of the file that explains the format.</summary>
    private const string Sample = "sample_spec";

    /// <param name="utf8">The document.</param>
    /// <param name="effectiveFrom">From when its prices hold.</param>
    /// <param name="now">The time of entry.</param>
    /// <param name="book">What is compared with.</param>
    /// <param name="accept">What is taken of the models that are set apart.</param>
    public static PriceImport Read(ReadOnlyMemory<byte> utf8, DateTimeOffset effectiveFrom, DateTimeOffset now, PriceBook book, ImportAcceptance accept)
    {
        try
        {
            using var document = JsonDocument.Parse(WithoutByteOrderMark(utf8), new JsonDocumentOptions { MaxDepth = MaxDepth });
            return Read(document.RootElement, effectiveFrom, now, book, accept);
        }
        catch (JsonException fault)
        {
            // Safe: nothing was read yet, and the answer says where the document breaks off.
            return PriceImport.Failed(JsonDepth.IsExceeded(fault)
                ? $"The document is nested deeper than {MaxDepth} levels."
                : $"The document is not JSON: line {fault.LineNumber + 1}, byte {fault.BytePositionInLine + 1}.");
        }
    }

    /// <inheritdoc cref="Read(ReadOnlyMemory{byte}, DateTimeOffset, DateTimeOffset, PriceBook, ImportAcceptance)"/>
    public static PriceImport Read(JsonElement document, DateTimeOffset effectiveFrom, DateTimeOffset now, PriceBook book, ImportAcceptance accept)
    {
        if (document.ValueKind != JsonValueKind.Object) return PriceImport.Failed("The document is not an object of models.");
        var entries = document.EnumerateObject().Take(MaxModels + 1).Select(p => (Name: LiteLlmText.NameOf(p), p.Value)).ToList();
        if (entries.Count > MaxModels) return PriceImport.Failed($"The document has more than {MaxModels} models.");
        var counts = entries.Where(e => e.Name is not null).GroupBy(e => e.Name!, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.Count(), StringComparer.Ordinal);
        var models = ImmutableArray.CreateBuilder<ImportedModel>(entries.Count);
        var twice = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < entries.Count; i++)
        {
            var (name, value) = entries[i];
            if (name is null) models.Add(NoModel($"(entry {i + 1})", "has a name that is not readable"));
            else if (counts[name] == 1) models.Add(ReadModel(name, value, effectiveFrom, now, book, accept));

            // Which of the two is meant, nobody knows.
            else if (twice.Add(name)) models.Add(Skipped(name, "is in the document more than once"));
        }

        return new PriceImport(models.ToImmutable(), null);
    }

    private static ImportedModel ReadModel(string model, JsonElement value, DateTimeOffset effectiveFrom, DateTimeOffset now, PriceBook book, ImportAcceptance accept)
    {
        if (model == Sample) return NoModel(model, "explains the format and is no model");
        if (model.Length is 0 or > PriceBook.MaxNameLength) return NoModel(model, $"has a name that is not 1 to {PriceBook.MaxNameLength} characters long");
        if (model.Any(char.IsControl)) return NoModel(model, "has a control character in its name");
        var entry = LiteLlmEntry.Read(value);
        var previous = book.VersionAt(model, effectiveFrom);
        if (entry.Prices is not { } prices)
        {
            return new ImportedModel(model, ImportOutcome.Skipped, null, previous, entry.Reason, entry.NotTaken, []);
        }

        // What the file does not say stays as someone entered it: aliases always, the maximum where it has none.
        var maxOutputTokens = entry.MaxOutputTokens ?? (previous?.Prices is null ? null : previous.MaxOutputTokens);
        var version = new PriceVersion(model, effectiveFrom, prices, maxOutputTokens, AliasesOf(previous), now) { Imported = true };
        var outcome = previous?.Prices is { } old && old.CostsTheSameAs(prices) && previous.MaxOutputTokens == maxOutputTokens ? ImportOutcome.Unchanged
            : !accept.Outliers && !accept.Plausible.Contains(prices) ? ImportOutcome.Outlier
            : !accept.Free && prices.IsFree ? ImportOutcome.Free
            : previous?.Prices is null ? ImportOutcome.Added
            : ImportOutcome.Changed;
        return new ImportedModel(
            model, outcome, outcome is ImportOutcome.Added or ImportOutcome.Changed ? version : null, previous, null, entry.NotTaken, entry.Rounded);
    }

    private static ImmutableArray<string> AliasesOf(PriceVersion? version) =>
        version?.Prices is null || version.Aliases.IsDefault ? [] : version.Aliases;

    private static ImportedModel Skipped(string model, string reason) => new(model, ImportOutcome.Skipped, null, null, reason, [], []);

    private static ImportedModel NoModel(string name, string reason) => Skipped(name, reason) with { IsModel = false };

    private static ReadOnlyMemory<byte> WithoutByteOrderMark(ReadOnlyMemory<byte> utf8) =>
        utf8.Span.StartsWith("\uFEFF"u8) ? utf8[3..] : utf8;
}
