using System.Collections.Immutable;
using BudgetEngine.Domain.Prices.Import;

namespace BudgetEngine.Api.Prices;

/// <summary>What an import of prices did, or would do.</summary>
public sealed record ImportResponse(
    bool DryRun, IReadOnlyList<string> Added, IReadOnlyList<string> Changed, int Unchanged, IReadOnlyList<SkippedModelResponse> Skipped,
    IReadOnlyDictionary<string, IReadOnlyList<string>> NotTaken, IReadOnlyDictionary<string, IReadOnlyList<string>> Rounded)
{
    public static ImportResponse Of(PriceImport import, bool dryRun) => new(
        dryRun, Names(import, ImportOutcome.Added), Names(import, ImportOutcome.Changed), import.Of(ImportOutcome.Unchanged).Count(),
        [.. import.Of(ImportOutcome.Skipped).Select(m => new SkippedModelResponse(m.Model, m.Reason))], Fields(import, m => m.NotTaken), Fields(import, m => m.Rounded));

    private static List<string> Names(PriceImport import, ImportOutcome outcome) => [.. import.Of(outcome).Select(m => m.Model)];

    private static Dictionary<string, IReadOnlyList<string>> Fields(PriceImport import, Func<ImportedModel, ImmutableArray<string>> fieldsOf)
    {
        var fields = new Dictionary<string, IReadOnlyList<string>>();
        foreach (var model in import.Models)
        {
            if (fieldsOf(model) is { IsDefaultOrEmpty: false } names) fields[model.Model] = names;
        }

        return fields;
    }
}

/// <summary>A model of the file that is not taken.</summary>
public sealed record SkippedModelResponse(string Model, string? Reason);
