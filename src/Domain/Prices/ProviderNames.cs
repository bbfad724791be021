namespace BudgetEngine.Domain.Prices;

/// <summary>First segments of names that say who serves a model: the usual ones, and those of the book.</summary>
internal sealed class ProviderNames
{
    private static readonly string[] Usual =
    [
        "openai", "azure", "azure_ai", "bedrock", "converse", "invoke", "bedrock_converse", "vertex_ai", "vertex_ai_beta", "gemini", "google", "anthropic", "openrouter", "litellm",
        "litellm_proxy", "cohere", "mistral", "deepseek", "xai", "groq", "perplexity", "together_ai", "fireworks_ai", "meta", "models", "text-completion-openai", "responses",
    ];

    private static readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> Vendors = new HashSet<string>(
        [
            "us", "eu", "apac", "ap", "jp", "au", "ca", "sa", "us-gov", "global", "anthropic", "amazon", "meta", "mistral", "cohere", "ai21", "deepseek", "stability", "openai", "qwen",
            "google", "nvidia", "moonshot", "moonshotai", "minimax", "writer", "twelvelabs", "zai", "luma",
        ],
        StringComparer.OrdinalIgnoreCase).GetAlternateLookup<ReadOnlySpan<char>>();

    private readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> _names;

    /// <param name="models">Names of the book.</param>
    public ProviderNames(IEnumerable<string> models)
    {
        var names = models.Where(m => m.IndexOf('/', StringComparison.Ordinal) > 0).Select(m => m[..m.IndexOf('/', StringComparison.Ordinal)]);
        _names = new HashSet<string>(Usual.Concat(names), StringComparer.OrdinalIgnoreCase).GetAlternateLookup<ReadOnlySpan<char>>();
    }

    public bool Contains(ReadOnlySpan<char> segment) => _names.Contains(segment);

    /// <summary>A region or a vendor before the name's first dot, as Bedrock has them.</summary>
    public static bool IsVendor(ReadOnlySpan<char> prefix) => Vendors.Contains(prefix);

    /// <summary>A region as a segment: <c>us-east-1</c>.</summary>
    public static bool IsRegion(ReadOnlySpan<char> segment)
    {
        var parts = segment.Count('-');
        return parts is 2 or 3 && segment.Length is >= 8 and <= 20 && char.IsAsciiDigit(segment[^1]) && segment[^2] == '-'
            && segment[..^2].IndexOfAnyExcept("abcdefghijklmnopqrstuvwxyz-") < 0;
    }
}
