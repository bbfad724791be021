using Microsoft.ML.Tokenizers;

namespace BudgetEngine.Gateway.Tokens;

/// <summary>Counts tokens for models whose vocabulary comes with a package. Each is loaded when the first of its models is called, and kept.</summary>
internal static class ModelTokenizers
{
    /// <summary>Of the texts of one request together: what comes after counts as a token for every third character, which is more than any of these counts for prose.</summary>
    private const int MaxCounted = 200_000;

    /// <summary>What the vocabulary does not split, such as a run of letters or of signs, takes time in the square of its length: texts are counted in parts, cut before a blank where there is one, else a token more or less for each.</summary>
    private const int MaxPart = 1_024;

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
        var tokens = 0;
        for (var rest = text.AsSpan(); !rest.IsEmpty;)
        {
            var part = PartOf(rest);
            tokens += tokenizer.CountTokens(rest[..part]);
            rest = rest[part..];
        }

        return tokens;
    }

    /// <summary>How much of a text is counted at once.</summary>
    internal static int PartOf(ReadOnlySpan<char> text)
    {
        if (text.Length <= MaxPart) return text.Length;
        var blank = text[..MaxPart].LastIndexOf(' ');
        if (blank > 0) return blank;
        return char.IsHighSurrogate(text[MaxPart - 1]) ? MaxPart - 1 : MaxPart;
    }
}
