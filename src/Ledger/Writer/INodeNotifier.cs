using BudgetEngine.Domain.Budgets;
using BudgetEngine.Ledger.Records;

namespace BudgetEngine.Ledger.Writer;

/// <summary>Carries what a commit changed to the nodes that keep it in memory. Implemented over grain calls.</summary>
public interface INodeNotifier
{
    /// <summary>Completes when the node has applied the update; throws when it could not be reached.</summary>
    Task NotifyAsync(NodeUpdate update);
}

/// <summary>All that one commit, or several merged ones, changed for one node.</summary>
public sealed class NodeUpdate(string costCenter)
{
    private readonly Dictionary<(string? User, string? Child, DateOnly Date), DateBalances> _balances = [];
    private readonly Dictionary<Guid, HoldUpdate> _holds = [];

    public string CostCenter { get; } = costCenter;

    /// <summary>Balances of the node, of its tracked users, and of direct children (whose <see cref="DateBalances.CostCenter"/> is the child).</summary>
    public IReadOnlyCollection<DateBalances> Balances => _balances.Values;

    public IReadOnlyCollection<HoldUpdate> Holds => _holds.Values;

    public void Add(DateBalances balances)
    {
        var key = (balances.User, balances.CostCenter == CostCenter ? null : balances.CostCenter, balances.Date);
        if (!_balances.TryGetValue(key, out var known)) _balances.Add(key, balances);
        else if (known.Day.Version <= balances.Day.Version) _balances[key] = known.Corrected ? balances with { Corrected = true } : balances;
    }

    /// <summary>A later word on a hold replaces an earlier one.</summary>
    public void Add(HoldUpdate hold)
    {
        var (effect, key) = (hold.Effect, hold.Effect.Key);
        if (!_holds.TryGetValue(key, out var known) || known.Effect.Attempt < effect.Attempt || (known.Effect.Attempt == effect.Attempt && !known.Effect.Ends)) _holds[key] = hold;
    }

    /// <summary>Adds a later update of the same node.</summary>
    public void Merge(NodeUpdate later)
    {
        foreach (var balances in later._balances.Values) Add(balances);
        foreach (var hold in later._holds.Values) Add(hold);
    }
}

/// <summary>What became of a hold by a settle.</summary>
/// <param name="Owner">The cost center that owns the reservation: every node of its path holds it.</param>
/// <param name="IsOpen">
/// The owner has the reservation open. Where it has not, a repeat of the record ends what is left at other nodes too, since the process that was to tell them may
/// have died after the commit.
/// </param>
public sealed record HoldUpdate(string Owner, SettleEffect Effect, bool IsOpen);
