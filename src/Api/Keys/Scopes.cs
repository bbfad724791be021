namespace BudgetEngine.Api.Keys;

/// <summary>What a key may do. <see cref="Admin"/> includes all.</summary>
[Flags]
public enum Scopes : byte
{
    None = 0,
    Check = 1,
    Usage = 2,
    Read = 4,
    Admin = 8,
}

internal static class ScopeWords
{
    public static readonly (string Word, Scopes Scope)[] All =
        [("check", Scopes.Check), ("usage", Scopes.Usage), ("read", Scopes.Read), ("admin", Scopes.Admin)];

    public static Scopes Parse(string? word)
    {
        foreach (var (known, scope) in All)
        {
            if (known == word) return scope;
        }

        return Scopes.None;
    }

    public static Scopes Parse(IReadOnlyList<string> words)
    {
        var scopes = Scopes.None;
        foreach (var word in words) scopes |= Parse(word);
        return scopes;
    }

    public static IReadOnlyList<string> WordsOf(Scopes scopes) => [.. All.Where(s => (scopes & s.Scope) != 0).Select(s => s.Word)];
}
