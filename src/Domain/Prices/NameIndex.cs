namespace BudgetEngine.Domain.Prices;

/// <summary>
/// Models by a name, their own or an alias. A name is matched as it is written first, then without regard to case: providers and gateways
/// differ in case only (<c>DeepSeek-V3</c>, <c>deepseek-v3</c>), and a check denied for that reason would help nobody.
/// </summary>
internal sealed class NameIndex
{
    private readonly Dictionary<string, PriceTimeline[]> _exact;
    private readonly Dictionary<string, PriceTimeline[]> _folded;
    private readonly Dictionary<string, PriceTimeline[]>.AlternateLookup<ReadOnlySpan<char>> _exactBySpan;
    private readonly Dictionary<string, PriceTimeline[]>.AlternateLookup<ReadOnlySpan<char>> _foldedBySpan;

    public NameIndex(IEnumerable<(string Name, PriceTimeline Timeline)> names)
    {
        var all = names.ToList();
        _exact = Group(all, StringComparer.Ordinal);
        _folded = Group(all, StringComparer.OrdinalIgnoreCase);
        _exactBySpan = _exact.GetAlternateLookup<ReadOnlySpan<char>>();
        _foldedBySpan = _folded.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    public ModelPrice? FindModel(ReadOnlySpan<char> name, DateTimeOffset at) =>
        _exactBySpan.TryGetValue(name, out var exact) && LatestModel(exact, at) is { } price ? price
        : _foldedBySpan.TryGetValue(name, out var folded) ? LatestModel(folded, at)
        : null;

    public ModelPrice? FindAlias(ReadOnlySpan<char> name, DateTimeOffset at) =>
        _exactBySpan.TryGetValue(name, out var exact) && LatestAlias(exact, name, StringComparison.Ordinal, at) is { } price ? price
        : _foldedBySpan.TryGetValue(name, out var folded) ? LatestAlias(folded, name, StringComparison.OrdinalIgnoreCase, at)
        : null;

    private static ModelPrice? LatestModel(PriceTimeline[] candidates, DateTimeOffset at)
    {
        ModelPrice? latest = null;
        foreach (var candidate in candidates)
        {
            if (candidate.PriceAt(at) is { } price && IsLater(price, latest)) latest = price;
        }

        return latest;
    }

    /// <summary>An alias counts only while a version that has it is in force.</summary>
    private static ModelPrice? LatestAlias(PriceTimeline[] candidates, ReadOnlySpan<char> alias, StringComparison comparison, DateTimeOffset at)
    {
        ModelPrice? latest = null;
        foreach (var candidate in candidates)
        {
            if (candidate.PriceAt(at) is { } price && HasAlias(price.Version, alias, comparison) && IsLater(price, latest)) latest = price;
        }

        return latest;
    }

    private static bool HasAlias(PriceVersion version, ReadOnlySpan<char> alias, StringComparison comparison)
    {
        if (version.Aliases.IsDefault) return false;
        foreach (var own in version.Aliases)
        {
            if (alias.Equals(own, comparison)) return true;
        }

        return false;
    }

    private static bool IsLater(ModelPrice price, ModelPrice? than) =>
        than is null || EntryOrder.Instance.Compare(price.Version, than.Version) > 0;

    private static Dictionary<string, PriceTimeline[]> Group(List<(string Name, PriceTimeline Timeline)> names, StringComparer comparer) => names
        .GroupBy(n => n.Name, comparer)
        .ToDictionary(g => g.Key, g => g.Select(n => n.Timeline).Distinct().ToArray(), comparer);
}
