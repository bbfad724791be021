using BudgetEngine.Domain.Amounts;

namespace BudgetEngine.Domain.Budgets;

/// <summary>What a node holds for one direct child and everything below it.</summary>
internal sealed class HoldShare(string child)
{
    public string Child { get; } = child;

    public int Holds { get; set; }

    public Money Held { get; set; }
}

/// <summary>
/// The shares of the direct children of a node in its room for holds. A few that are empty stay, so that a check of a child that is asked again and again
/// allocates nothing.
/// </summary>
internal sealed class HoldShares
{
    /// <summary>Children without holds that are remembered; made-up names leave nothing beyond it.</summary>
    public const int MaxEmpty = 1_024;

    private readonly Dictionary<string, HoldShare> _shares = new(StringComparer.Ordinal);
    private readonly Dictionary<string, HoldShare>.AlternateLookup<ReadOnlySpan<char>> _byName;
    private int _empty;

    public HoldShares() => _byName = _shares.GetAlternateLookup<ReadOnlySpan<char>>();

    public int Count => _shares.Count;

    /// <summary>The share of the child on the way to the owner; null: nothing is held for it.</summary>
    public HoldShare? Find(string node, string owner) => _byName.TryGetValue(ChildOn(node, owner), out var share) ? share : null;

    /// <summary>Counts one more hold.</summary>
    public HoldShare Open(string node, string owner)
    {
        var child = ChildOn(node, owner);
        if (!_byName.TryGetValue(child, out var share))
        {
            share = new HoldShare(child.Length == owner.Length ? owner : child.ToString());
            _shares.Add(share.Child, share);
        }
        else if (share.Holds == 0)
        {
            _empty--;
        }

        share.Holds++;
        return share;
    }

    /// <summary>Counts one less.</summary>
    public void Close(HoldShare share)
    {
        if (--share.Holds > 0) return;
        if (_empty < MaxEmpty) _empty++;
        else _shares.Remove(share.Child);
    }

    private static ReadOnlySpan<char> ChildOn(string node, string owner)
    {
        var end = owner.IndexOf('/', node.Length + 1);
        return end < 0 ? owner : owner.AsSpan(0, end);
    }
}
