namespace BudgetEngine.Silo.Cluster;

/// <summary>
/// Which silo a cost center belongs to: the first segments of its path choose, so that everything below a department is on one silo and a check meets at most
/// one node elsewhere, the tenant's own. See docs/adr/0009-a-branch-of-the-tree-is-on-one-silo.md.
/// </summary>
internal static class PathPlacement
{
    private const ulong FnvOffset = 14695981039346656037;
    private const ulong FnvPrime = 1099511628211;

    /// <summary>
    /// The silo that scores highest for these segments: the same for whoever asks, with the same silos. A silo that comes takes its share from all others, and
    /// of one that goes each of the others takes a share; nothing else moves.
    /// </summary>
    /// <param name="silos">Their addresses, as text. At least one.</param>
    /// <returns>The place in the list.</returns>
    public static int Choose(string path, int segments, IReadOnlyList<string> silos)
    {
        var branch = BranchOf(path, segments);
        var (best, highest) = (0, 0UL);
        for (var i = 0; i < silos.Count; i++)
        {
            var score = Mix(Add(Add(FnvOffset, silos[i]) * FnvPrime, branch));
            // Equal scores: by the address, which all see alike; their order in the list may differ.
            if (i > 0 && (score < highest || (score == highest && string.CompareOrdinal(silos[i], silos[best]) > 0))) continue;
            (best, highest) = (i, score);
        }

        return best;
    }

    /// <summary>The first segments of a path.</summary>
    public static ReadOnlySpan<char> BranchOf(string path, int segments)
    {
        for (var i = 0; i < path.Length; i++)
        {
            if (path[i] == '/' && --segments == 0) return path.AsSpan(0, i);
        }

        return path;
    }

    private static ulong Add(ulong hash, ReadOnlySpan<char> text)
    {
        foreach (var c in text) hash = (hash ^ c) * FnvPrime;
        return hash;
    }

    /// <summary>Spreads every bit over all: names that differ in their last letter must not go together.</summary>
    private static ulong Mix(ulong hash)
    {
        hash = (hash ^ (hash >> 33)) * 0xff51afd7ed558ccd;
        hash = (hash ^ (hash >> 33)) * 0xc4ceb9fe1a85ec53;
        return hash ^ (hash >> 33);
    }
}
