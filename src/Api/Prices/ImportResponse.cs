using BudgetEngine.Domain.Prices.Import;

namespace BudgetEngine.Api.Prices;

/// <summary>What an import of prices did, or would do.</summary>
/// <param name="NotTaken">By model, the fields without a place in the book; <paramref name="Reasons"/>: why, by field.</param>
public sealed record ImportResponse(
    bool DryRun, IReadOnlyList<string> Added, IReadOnlyList<string> Changed, int Unchanged, ApartResponse Apart, IReadOnlyList<SkippedModelResponse> Skipped,
    IReadOnlyDictionary<string, IReadOnlyList<string>> NotTaken, IReadOnlyDictionary<string, string> Reasons, IReadOnlyDictionary<string, IReadOnlyList<string>> Rounded)
{
    public static ImportResponse Of(PriceImport import, bool dryRun) => new(
        dryRun, Names(import, ImportOutcome.Added), Names(import, ImportOutcome.Changed), import.Of(ImportOutcome.Unchanged).Count(),
        new ApartResponse(Names(import, ImportOutcome.Outlier), Names(import, ImportOutcome.Free)),
        [.. import.Of(ImportOutcome.Skipped).Select(m => new SkippedModelResponse(m.Model, m.Reason))],
        Fields(import, m => m.NotTaken.IsDefault ? [] : [.. m.NotTaken.Select(f => f.Field)]), ReasonsOf(import), Fields(import, m => m.Rounded.IsDefault ? [] : m.Rounded));

    private static List<string> Names(PriceImport import, ImportOutcome outcome) => [.. import.Of(outcome).Select(m => m.Model)];

    private static SortedDictionary<string, string> ReasonsOf(PriceImport import)
    {
        var reasons = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var field in import.Models.Where(m => !m.NotTaken.IsDefault).SelectMany(m => m.NotTaken)) reasons.TryAdd(field.Field, field.Reason);
        return reasons;
    }

    private static Dictionary<string, IReadOnlyList<string>> Fields(PriceImport import, Func<ImportedModel, IReadOnlyList<string>> fieldsOf)
    {
        var fields = new Dictionary<string, IReadOnlyList<string>>();
        foreach (var model in import.Models)
        {
            if (fieldsOf(model) is { Count: > 0 } names) fields[model.Model] = names;
        }

        return fields;
    }
}

/// <summary>Models that are taken only where <c>accept</c> says so: prices above what is plausible, and prices that are all 0.</summary>
public sealed record ApartResponse(IReadOnlyList<string> Outliers, IReadOnlyList<string> Free);

/// <summary>A model of the file that is not taken.</summary>
public sealed record SkippedModelResponse(string Model, string? Reason);
