namespace BudgetEngine.Domain.CostCenters;

/// <summary>
/// What has been taken of something bounded that lies in the tree itself, counted in its tenant and in each subtree that it is below, which have their shares of it
/// (<see cref="SubtreeShares"/>): under however many keys it is taken. For one thread at a time.
/// </summary>
public sealed class SubtreeCounts
{
    /// <summary>
    /// Tenants and subtrees that are counted, some 3 MB. Subtrees can be made up, so they take the first half at most; one beyond it has no share of its own, only those around it
    /// have. Tenants beyond the whole share one count.
    /// </summary>
    public const int MaxCounted = 20_000;

    private const string TheRest = "";

    private readonly Dictionary<string, int> _counts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _byName;

    public SubtreeCounts() => _byName = _counts.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>Whether one more may be taken at a cost center.</summary>
    /// <param name="perTenant">What a tenant may have.</param>
    public bool HasRoom(string path, int perTenant)
    {
        for (var depth = 1; TryName(path, depth, out var name); depth++)
        {
            if (_byName.TryGetValue(name, out var taken) && taken >= SubtreeShares.Of(perTenant, depth)) return false;
        }

        return true;
    }

    /// <summary>One was taken at a cost center.</summary>
    public void Add(string path)
    {
        for (var depth = 1; TryName(path, depth, out var name); depth++) _byName[name] = _byName.TryGetValue(name, out var taken) ? taken + 1 : 1;
    }

    /// <summary>It was given back. What was taken before <see cref="Clear"/> is not counted any more, so there is nothing to give back then.</summary>
    public void Remove(string path)
    {
        for (var depth = 1; TryName(path, depth, out var name); depth++)
        {
            if (_byName.TryGetValue(name, out var taken) && taken > 0) _byName[name] = taken - 1;
        }
    }

    /// <summary>Nothing is taken: a new window has begun.</summary>
    public void Clear() => _counts.Clear();

    /// <summary>The name under which what is taken at a path counts at a depth. False: not at this one, nor at any below it.</summary>
    private bool TryName(string path, int depth, out ReadOnlySpan<char> name)
    {
        name = TheRest;
        if (depth > SubtreeShares.Levels) return false;
        var end = -1;
        for (var i = 0; i < depth; i++)
        {
            end = path.IndexOf('/', end + 1);
            if (end >= 0) continue;
            // A tenant counts in itself; anything else only in what it is below, so that names without anything below them take no room.
            if (depth > 1) return false;
            end = path.Length;
        }

        var subtree = path.AsSpan(0, end);
        var isCounted = _counts.Count < (depth == 1 ? MaxCounted : MaxCounted / 2) || _byName.ContainsKey(subtree);
        if (isCounted) name = subtree;
        return isCounted || depth == 1;
    }
}
