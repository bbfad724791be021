using Microsoft.ML.Tokenizers;

namespace BudgetEngine.Gateway.Tokens;

/// <summary>Counts tokens for models whose vocabulary comes with a package. Each is loaded when the first of its models is called, and kept.</summary>
internal static class ModelTokenizers
{
    /// <summary>Of the texts of one request together: what comes after counts as a token for every third character, which is more than any of these counts for prose.</summary>
    private const int MaxCounted = 200_000;

    /// <summary>A run of letters, of blanks or of signs takes time in the square of its length: longer ones are counted in parts, which is a token more or less for each.</summary>
    private const int MaxRun = 256;

    private const int CharactersPerTokenBeyond = 3;

    private static readonly Lazy<TiktokenTokenizer> O200k = new(() => TiktokenTokenizer.CreateForEncoding("o200k_base"));
    private static readonly Lazy<TiktokenTokenizer> Cl100k = new(() => TiktokenTokenizer.CreateForEncoding("cl100k_base"));

    private static readonly (string Prefix, Lazy<TiktokenTokenizer> Tokenizer)[] OfModels =
    [
        ("gpt-4o", O200k), ("gpt-4.1", O200k), ("gpt-4.5", O200k), ("gpt-5", O200k), ("chatgpt-4o", O200k), ("o1", O200k), ("o3", O200k), ("o4", O200k),
        ("gpt-4", Cl100k), ("gpt-3.5", Cl100k), ("text-embedding-3", Cl100k), ("text-embedding-ada", Cl100k),
    ];

    /// <summary>What counts the texts of one request; null: nothing is known about the model, and 4 characters count as a token.</summary>
    public static Func<string, int>? Of(string model)
    {
        var name = model[(model.LastIndexOf('/') + 1)..];
        foreach (var (prefix, tokenizer) in OfModels)
        {
            if (name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)) return CounterOf(tokenizer.Value);
        }

        return null;
    }

    private static Func<string, int> CounterOf(TiktokenTokenizer tokenizer)
    {
        var left = MaxCounted;
        return text =>
        {
            if (text.Length > left) return (text.Length / CharactersPerTokenBeyond) + 1;
            left -= text.Length;
            return Count(tokenizer, text);
        };
    }

    private static int Count(TiktokenTokenizer tokenizer, string text)
    {
        var (tokens, begin) = (0, 0);
        foreach (var cut in CutsOf(text))
        {
            tokens += tokenizer.CountTokens(text.AsSpan(begin, cut - begin));
            begin = cut;
        }

        return tokens + tokenizer.CountTokens(text.AsSpan(begin));
    }

    /// <summary>Where long runs are cut; no text of words has any.</summary>
    internal static IEnumerable<int> CutsOf(string text)
    {
        var run = 0;
        for (var i = 1; i < text.Length; i++)
        {
            run = KindOf(text[i]) == KindOf(text[i - 1]) ? run + 1 : 0;
            if (run < MaxRun || char.IsLowSurrogate(text[i])) continue;
            run = 0;
            yield return i;
        }
    }

    /// <summary>As the patterns of the vocabularies tell characters apart, or coarser: digits go by threes there.</summary>
    private static int KindOf(char c) => char.IsWhiteSpace(c) ? 0 : char.IsLetterOrDigit(c) || char.IsSurrogate(c) || char.GetUnicodeCategory(c) is System.Globalization.UnicodeCategory.NonSpacingMark or System.Globalization.UnicodeCategory.SpacingCombiningMark ? 1 : 2;
}
