namespace BudgetEngine.Domain.CostCenters;

/// <summary>An old name that leads to a new one for a while, with all below it.</summary>
/// <param name="KeepsHistory">What was spent before the move stays under the old name.</param>
/// <param name="ForChecks">Checks follow it. Usage always does.</param>
public sealed record CostCenterAlias(string From, string To, bool KeepsHistory, bool ForChecks, DateTimeOffset Until)
{
    public CostCenterMove Move => new(From, To);
}

/// <summary>Old names of a ledger. A later move changes where the earlier ones lead; of what moved on as a part of it the names are followed one after the other.</summary>
public sealed class CostCenterAliases(IReadOnlyList<CostCenterAlias> aliases)
{
    public static readonly CostCenterAliases None = new([]);

    public IReadOnlyList<CostCenterAlias> All => aliases;

    public bool IsEmpty => aliases.Count == 0;

    private CostCenterAliases TookHistory => field ??= aliases.Any(a => a.KeepsHistory) ? new CostCenterAliases([.. aliases.Where(a => !a.KeepsHistory)]) : this;

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
        List<string> names = [path];
        for (var i = 0; i < names.Count; i++)
        {
            foreach (var back in aliases.Select(a => new CostCenterMove(a.To, a.From)).Where(m => m.Moves(names[i])))
            {
                if (back.NewNameOf(names[i]) is var old && BookedAt(old) == path && !names.Contains(old)) names.Add(old);
            }
        }

        return names[1..];
    }

    /// <summary>The nearest alias at or above a name; null: it is no old name.</summary>
    public CostCenterAlias? Find(string path)
    {
        CostCenterAlias? nearest = null;
        foreach (var alias in aliases)
        {
            if (alias.Move.Moves(path) && !(nearest?.From.Length > alias.From.Length)) nearest = alias;
        }

        return nearest;
    }

    /// <summary>A part of what was moved may have moved on by itself: its first new name is an old one then. No name comes back, so each alias is followed once at most.</summary>
    private string Follow(string path, Func<CostCenterAlias, bool> leads)
    {
        for (var left = aliases.Count; left > 0 && Find(path) is { } alias && leads(alias); left--) path = alias.Move.NewNameOf(path);
        return path;
    }
}
