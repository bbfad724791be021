namespace BudgetEngine.Domain.CostCenters;

/// <summary>
/// The path of a cost center, <c>acme/engineering/ai-features</c>: 1 to 8 segments of <c>[a-z0-9][a-z0-9._-]{0,63}</c>, lower case.
/// The first segment is the tenant. A value made by <see cref="TryParse"/> is valid; the default value is empty and names nothing.
/// </summary>
public readonly record struct CostCenterId
{
    public const int MaxSegments = 8;
    public const int MaxSegmentLength = 64;
    public const int MaxLength = MaxSegments * (MaxSegmentLength + 1) - 1;

    private readonly string? _path;

    private CostCenterId(string path) => _path = path;

    public string Path => _path ?? "";

    public string Tenant => Path.IndexOf('/') is var slash and >= 0 ? Path[..slash] : Path;

    public bool IsTenant => !Path.Contains('/');

    public int Depth => DepthOf(Path);

    /// <summary>Parses and lower-cases. On failure <paramref name="fault"/> says in one sentence what is wrong.</summary>
    public static bool TryParse(string? text, out CostCenterId id, out string? fault)
    {
        id = default;
        fault = Fault(text);
        if (fault is not null) return false;
        id = new CostCenterId(text!.ToLowerInvariant());
        return true;
    }

    /// <summary>Wraps a path that this program wrote itself (from the ledger, from a grain key).</summary>
    public static CostCenterId Trusted(string path) => new(path);

    /// <summary>The parent's path; null for a tenant.</summary>
    public static string? ParentOf(string path) => path.LastIndexOf('/') is var slash and >= 0 ? path[..slash] : null;

    public static string TenantOf(string path) => path.IndexOf('/') is var slash and >= 0 ? path[..slash] : path;

    /// <summary>The last segment.</summary>
    public static string NameOf(string path) => path[(path.LastIndexOf('/') + 1)..];

    /// <summary>The cost center at or above a path that has so many segments, of which it has as many or more.</summary>
    public static string AtDepth(string path, int depth)
    {
        var end = -1;
        while (depth-- > 0 && end < path.Length) end = path.IndexOf('/', end + 1) is >= 0 and var slash ? slash : path.Length;
        return path[..end];
    }

    /// <summary>Number of segments.</summary>
    public static int DepthOf(string path)
    {
        var depth = 1;
        foreach (var c in path)
        {
            if (c == '/') depth++;
        }

        return depth;
    }

    /// <summary>True when <paramref name="path"/> is <paramref name="root"/> or below it, by whole segments.</summary>
    public static bool IsWithin(string path, string root) => IsWithin(path.AsSpan(), root.AsSpan());

    /// <inheritdoc cref="IsWithin(string, string)"/>
    public static bool IsWithin(ReadOnlySpan<char> path, ReadOnlySpan<char> root) => path.StartsWith(root) && (path.Length == root.Length || path[root.Length] == '/');

    /// <summary>The path itself and all its ancestors, leaf to root.</summary>
    public static string[] SelfAndAncestors(string path)
    {
        var nodes = new string[DepthOf(path)];
        var current = path;
        for (var i = 0; i < nodes.Length; i++)
        {
            nodes[i] = current;
            current = ParentOf(current)!;
        }

        return nodes;
    }

    public override string ToString() => Path;

    private static string? Fault(string? text)
    {
        if (string.IsNullOrEmpty(text)) return "must not be empty";
        if (text.Length > MaxLength) return $"must have at most {MaxLength} characters";
        var segmentLength = 0;
        var segments = 1;
        foreach (var c in text)
        {
            if (c == '/')
            {
                if (segmentLength == 0) return "must not have an empty segment";
                segmentLength = 0;
                segments++;
                continue;
            }

            var letterOrDigit = char.IsAsciiLetterOrDigit(c);
            if (!letterOrDigit && (segmentLength == 0 || c is not ('.' or '_' or '-')))
            {
                return "must be segments of [a-z0-9][a-z0-9._-]{0,63} separated by '/'";
            }

            if (++segmentLength > MaxSegmentLength) return $"must not have a segment of more than {MaxSegmentLength} characters";
        }

        if (segmentLength == 0) return "must not have an empty segment";
        return segments > MaxSegments ? $"must have at most {MaxSegments} segments" : null;
    }
}
