namespace BudgetEngine.Client.Transport;

/// <summary>Whose key a question goes under, where one client serves callers with keys of their own, as a gateway does.</summary>
/// <param name="Key">Null: none, which only open mode serves.</param>
/// <param name="Headers">Sent with it; a gateway passes on by them what the engine judges a caller without a key by.</param>
public sealed record EngineCredentials(string? Key, IReadOnlyList<KeyValuePair<string, string>> Headers)
{
    public EngineCredentials(string? key) : this(key, []) { }

    /// <summary>The same key with the same headers in the same order: lists are compared by what is in them.</summary>
    public bool Equals(EngineCredentials? other) => other is not null && Key == other.Key && Headers.SequenceEqual(other.Headers);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.Add(Key);
        foreach (var header in Headers) hash.Add(header);
        return hash.ToHashCode();
    }

    /// <summary>The key is never written out.</summary>
    public override string ToString() => Key is null ? "no key" : "a key";
}
