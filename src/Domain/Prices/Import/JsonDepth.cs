using System.Text.Json;

namespace BudgetEngine.Domain.Prices.Import;

/// <summary>Tells JSON that is nested too deep from what is no JSON: the reader refuses both with the same exception.</summary>
public static class JsonDepth
{
    /// <summary>How the reader, which has no exception of its own for it, begins to say so.</summary>
    private const string Exceeded = "The maximum configured depth of ";

    public static bool IsExceeded(JsonException fault) => fault.Message.StartsWith(Exceeded, StringComparison.Ordinal);
}
