using Microsoft.ML.Tokenizers;

namespace BudgetEngine.Gateway.Tokens;

/// <summary>Counts tokens for models whose vocabulary comes with a package. Each is loaded when the first of its models is called, and kept.</summary>
internal static class ModelTokenizers
{
    /// <summary>Counting takes time in the length: a longer text counts as a token for every third character, which is more than any of these counts for prose.</summary>
    private const int MaxCounted = 100_000;

    private const int CharactersPerTokenBeyond = 3;

    private static readonly Lazy<TiktokenTokenizer> O200k = new(() => TiktokenTokenizer.CreateForEncoding("o200k_base"));
    private static readonly Lazy<TiktokenTokenizer> Cl100k = new(() => TiktokenTokenizer.CreateForEncoding("cl100k_base"));

    private static readonly (string Prefix, Lazy<TiktokenTokenizer> Tokenizer)[] OfModels =
    [
        ("gpt-4o", O200k), ("gpt-4.1", O200k), ("gpt-4.5", O200k), ("gpt-5", O200k), ("chatgpt-4o", O200k), ("o1", O200k), ("o3", O200k), ("o4", O200k),
        ("gpt-4", Cl100k), ("gpt-3.5", Cl100k), ("text-embedding-3", Cl100k), ("text-embedding-ada", Cl100k),
    ];

    /// <summary>Null: nothing is known about the model, and 4 characters count as a token.</summary>
    public static Func<string, int>? Of(string model)
    {
        var name = model[(model.LastIndexOf('/') + 1)..];
        foreach (var (prefix, tokenizer) in OfModels)
        {
            if (name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)) return text => Count(tokenizer.Value, text);
        }

        return null;
    }

    private static int Count(TiktokenTokenizer tokenizer, string text) =>
        text.Length <= MaxCounted ? tokenizer.CountTokens(text) : (text.Length / CharactersPerTokenBeyond) + 1;
}
