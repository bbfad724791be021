namespace Orleans.Runtime;

/// <summary>Names a stream; its key is the key of the grains that are implicitly subscribed to its namespace.</summary>
public readonly record struct StreamId
{
    private readonly string? _namespace;
    private readonly string _key;

    private StreamId(string? ns, string key) => (_namespace, _key) = (ns, key);

    /// <summary>The stream of a namespace and a key.</summary>
    public static StreamId Create(string? ns, string key) => new(ns, key);

    /// <summary>The key.</summary>
    public string GetKeyAsString() => _key;

    /// <summary>The namespace.</summary>
    public string? GetNamespace() => _namespace;

    /// <inheritdoc/>
    public override string ToString() => $"{_namespace ?? "null"}/{_key}";
}
