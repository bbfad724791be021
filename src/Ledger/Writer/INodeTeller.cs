using BudgetEngine.Domain;

namespace BudgetEngine.Ledger;

/// <summary>Carries what a commit changed to the nodes that keep it in memory. Implemented over grain calls.</summary>
public interface INodeTeller
{
    /// <summary>Completes when the node has applied the news; throws when it could not be reached.</summary>
    Task TellAsync(NodeNews news);
}

/// <summary>All that one commit, or several merged ones, changed for one node.</summary>
public sealed class NodeNews(string costCenter)
{
    private readonly Dictionary<(string? User, string? Child, DateOnly Date), DateBalances> _balances = [];
    private readonly Dictionary<Guid, HoldNews> _holds = [];

    public string CostCenter { get; } = costCenter;

    /// <summary>Balances of the node, of its tracked users, and of direct children (whose <see cref="DateBalances.CostCenter"/> is the child).</summary>
    public IReadOnlyCollection<DateBalances> Balances => _balances.Values;

    public IReadOnlyCollection<HoldNews> Holds => _holds.Values;

    public void Add(DateBalances balances)
    {
        var key = (balances.User, balances.CostCenter == CostCenter ? null : balances.CostCenter, balances.Date);
        if (!_balances.TryGetValue(key, out var known)) _balances.Add(key, balances);
        else if (known.Day.Version <= balances.Day.Version) _balances[key] = known.Corrected ? balances with { Corrected = true } : balances;
    }

    /// <summary>A later word on a hold replaces an earlier one.</summary>
    public void Add(HoldNews hold)
    {
        if (!_holds.TryGetValue(hold.Key, out var known) || known.Attempt < hold.Attempt || (known.Attempt == hold.Attempt && known.ExpiresAt is not null)) _holds[hold.Key] = hold;
    }

    /// <summary>Adds later news of the same node.</summary>
    public void Merge(NodeNews later)
    {
        foreach (var balances in later._balances.Values) Add(balances);
        foreach (var hold in later._holds.Values) Add(hold);
    }
}

/// <summary>What became of a hold by a settle: ended, or (after a partial settle) its new rest and deadline.</summary>
/// <param name="Owner">Whose reservation: its path says which nodes hold it.</param>
/// <param name="ExpiresAt">Null: ended. <paramref name="Deadline"/>: the same on this process's monotonic clock.</param>
/// <param name="IsOpen">
/// At its owner. What is left elsewhere of one that is not ends with a repeat of its record too: whoever was to tell the end may have died after the commit.
/// </param>
public sealed record HoldNews(Guid Key, string Owner, Stamp Attempt, Stamp Revision, Money Left, DateTimeOffset? ExpiresAt, long Deadline, bool IsOpen);
