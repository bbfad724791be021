using BudgetEngine.Domain.Prices;

namespace BudgetEngine.Domain.Budgets;

/// <summary>
/// Which models may be asked for under a cost center, and for how much output at once. A pattern is a model's name, or the beginning of one with <c>*</c> after it; case does not
/// matter, as in pauses.
/// </summary>
/// <param name="Allowed">Empty: every model.</param>
/// <param name="MaxOutput">The longest pattern that fits a model says how many tokens.</param>
public sealed record ModelRules(ValueList<string> Allowed, ValueList<OutputLimit> MaxOutput)
{
    public const int MaxPatterns = 64;

    private const char Any = '*';

    /// <summary>True for a name, or the beginning of one with one <c>*</c> at its end.</summary>
    public static bool IsPattern(string text) => text.IndexOf(Any) is var at && (at < 0 || at == text.Length - 1);

    /// <summary>A check that names no model cannot be told from one of a model that is not allowed.</summary>
    public bool Allows(string? model)
    {
        if (Allowed.Count == 0) return true;
        if (model is null) return false;
        foreach (var pattern in Allowed.Span)
        {
            if (Fits(pattern, model)) return true;
        }

        return false;
    }

    /// <summary>The most output tokens of one call of the model; null: not limited. Without a name only <c>*</c> fits.</summary>
    public long? MaxOutputOf(string? model)
    {
        OutputLimit? nearest = null;
        foreach (var limit in MaxOutput.Span)
        {
            if (Fits(limit.Model, model ?? "") && (nearest is null || limit.Model.Length > nearest.Model.Length)) nearest = limit;
        }

        return nearest?.Tokens;
    }

    private static bool Fits(string pattern, string model) => pattern[^1] == Any
        ? model.AsSpan().StartsWith(pattern.AsSpan(0, pattern.Length - 1), StringComparison.OrdinalIgnoreCase)
        : string.Equals(pattern, model, StringComparison.OrdinalIgnoreCase);
}

/// <summary>The most output tokens of one call of the models that a pattern fits.</summary>
public sealed record OutputLimit(string Model, long Tokens);
