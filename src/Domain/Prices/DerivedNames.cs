namespace BudgetEngine.Domain.Prices;

/// <summary>
/// Names under which a model may have its price, where it has none under its own: without the provider, region, vendor, version, context or date that gateways
/// and clouds add. Each step works on what the step before left, and every result is tried.
/// </summary>
internal ref struct DerivedNames(ReadOnlySpan<char> provider, ReadOnlySpan<char> model, ProviderNames providers)
{
    private readonly ReadOnlySpan<char> _provider = provider;
    private ReadOnlySpan<char> _name = model;
    private bool _tailBegun;

    public readonly ReadOnlySpan<char> Current => _name;

    /// <summary>The next name; false when nothing is left to take away.</summary>
    public bool Next()
    {
        var shorter = _tailBegun ? default : WithoutFront(_name);
        if (shorter.IsEmpty)
        {
            _tailBegun = true;
            shorter = WithoutTail(_name);
        }

        if (shorter.IsEmpty) return false;
        _name = shorter;
        return true;
    }

    private readonly ReadOnlySpan<char> WithoutFront(ReadOnlySpan<char> name)
    {
        var slash = name.IndexOf('/');
        if (slash >= 0)
        {
            var first = name[..slash];
            var rest = name[(slash + 1)..];
            if (first.SequenceEqual("publishers") && rest.IndexOf("/models/") is > 0 and var models) return rest[(models + "/models/".Length)..];
            return first.Equals(_provider, StringComparison.OrdinalIgnoreCase) || providers.Contains(first) || ProviderNames.IsRegion(first) ? rest : default;
        }

        var dot = name.IndexOf('.');
        return dot > 0 && ProviderNames.IsVendor(name[..dot]) ? name[(dot + 1)..] : default;
    }

    private static ReadOnlySpan<char> WithoutTail(ReadOnlySpan<char> name)
    {
        if (name.EndsWith("@default", StringComparison.OrdinalIgnoreCase)) return name[..^"@default".Length];
        if (name.EndsWith("]") && name.LastIndexOf('[') is > 0 and var bracket) return name[..bracket];
        if (WithoutSize(name) is { IsEmpty: false } sizeless) return sizeless;
        if (WithoutVersion(name) is { IsEmpty: false } unversioned) return unversioned;
        var undated = TrailingDate.Strip(name);
        return undated.Length < name.Length ? undated : default;
    }

    /// <summary>Without <c>:1m</c>, <c>:200k</c>.</summary>
    private static ReadOnlySpan<char> WithoutSize(ReadOnlySpan<char> name)
    {
        var colon = name.LastIndexOf(':');
        if (colon <= 0 || colon > name.Length - 3 || name[^1] is not ('k' or 'm' or 'K' or 'M')) return default;
        return name[(colon + 1)..^1].IndexOfAnyExceptInRange('0', '9') < 0 ? name[..colon] : default;
    }

    /// <summary>Without <c>-v1:0</c>, and without <c>-v1</c>, which later models of Bedrock have alone.</summary>
    private static ReadOnlySpan<char> WithoutVersion(ReadOnlySpan<char> name)
    {
        var start = name.LastIndexOf("-v", StringComparison.Ordinal);
        if (start <= 0) return default;
        var version = name[(start + 2)..];
        var colon = version.IndexOf(':');
        if (colon < 0) return version.SequenceEqual("1") ? name[..start] : default;
        var isVersion = colon > 0 && colon < version.Length - 1 && version[..colon].IndexOfAnyExceptInRange('0', '9') < 0
            && version[(colon + 1)..].IndexOfAnyExceptInRange('0', '9') < 0;
        return isVersion ? name[..start] : default;
    }
}
