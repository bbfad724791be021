namespace BudgetEngine.Domain.CostCenters;

/// <summary>An old name that leads to a new one for a while, with all below it.</summary>
/// <param name="KeepsHistory">What was spent before the move stays under the old name.</param>
/// <param name="ForChecks">Checks follow it. Usage always does.</param>
public sealed record CostCenterAlias(string From, string To, bool KeepsHistory, bool ForChecks, DateTimeOffset Until)
{
    public CostCenterMove Move => new(From, To);
}

/// <summary>
/// Old names of a ledger, each once. A later move changes where the earlier ones lead; of what moved on as a part of it the names are followed one after the other. A name is looked up by
/// itself and what is above it, so that the number of others does not count.
/// </summary>
public sealed class CostCenterAliases(IReadOnlyList<CostCenterAlias> aliases)
{
    public static readonly CostCenterAliases None = new([]);

    /// <summary>How many there may be at once: every process has all of them in memory, and every batch reads them.</summary>
    public static readonly SubtreeShares Shares = new(2_000, 500);

    public IReadOnlyList<CostCenterAlias> All => aliases;

    public bool IsEmpty => aliases.Count == 0;

    private CostCenterAliases TookHistory => field ??= aliases.Any(a => a.KeepsHistory) ? new CostCenterAliases([.. aliases.Where(a => !a.KeepsHistory)]) : this;

    private Dictionary<string, CostCenterAlias> ByOldName => field ??= aliases.ToDictionary(a => a.From, StringComparer.Ordinal);

    private Dictionary<string, CostCenterAlias[]> ByNewName => field ??=
        aliases.GroupBy(a => a.To, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.ToArray(), StringComparer.Ordinal);

    /// <summary>Where usage of this name is booked: the new name, or its own.</summary>
    public string BookedAt(string path) => Follow(path, static _ => true);

    /// <summary>The name under which a row of this name is counted: a move that keeps history leaves it where it was, and one of what is above takes it along.</summary>
    public string CountedAt(string path) => TookHistory.BookedAt(path);

    /// <summary>The name that a check of this one asks, at this instant.</summary>
    public string AskedAt(string path, DateTimeOffset now) => Follow(path, alias => alias.ForChecks && alias.Until > now);

    /// <summary>The old names whose usage is booked at this name.</summary>
    public IReadOnlyList<string> OldNamesOf(string path)
    {
        if (IsEmpty) return [];
        var leading = ByNewName.GetAlternateLookup<ReadOnlySpan<char>>();
        List<string> names = [path];
        HashSet<string> seen = new(names, StringComparer.Ordinal);
        for (var i = 0; i < names.Count; i++)
        {
            var name = names[i];
            for (var end = name.Length; end > 0; end = name.LastIndexOf('/', end - 1))
            {
                if (!leading.TryGetValue(name.AsSpan(0, end), out var back)) continue;
                foreach (var alias in back)
                {
                    if (string.Concat(alias.From, name.AsSpan(end)) is var old && BookedAt(old) == path && seen.Add(old)) names.Add(old);
                }
            }
        }

        return names[1..];
    }

    /// <summary>The nearest alias at or above a name; null: it is no old name.</summary>
    public CostCenterAlias? Find(string path)
    {
        if (IsEmpty) return null;
        var names = ByOldName.GetAlternateLookup<ReadOnlySpan<char>>();
        for (var end = path.Length; end > 0; end = path.LastIndexOf('/', end - 1))
        {
            if (names.TryGetValue(path.AsSpan(0, end), out var alias)) return alias;
        }

        return null;
    }

    /// <summary>A part of what was moved may have moved on by itself: its first new name is an old one then. No name comes back, so each alias is followed once at most.</summary>
    private string Follow(string path, Func<CostCenterAlias, bool> leads)
    {
        for (var left = aliases.Count; left > 0 && Find(path) is { } alias && leads(alias); left--) path = alias.Move.NewNameOf(path);
        return path;
    }
}
