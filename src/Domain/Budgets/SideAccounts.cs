namespace BudgetEngine.Domain.Budgets;

/// <summary>
/// The side accounts of a node: users under <c>per_user</c> or with a budget of their own, children under <c>per_child</c>. They are read from the ledger when
/// first asked for; at most <see cref="MaxResident"/> stay in memory (those with open holds always do).
/// </summary>
public sealed class SideAccounts
{
    public const int MaxResident = 10_000;

    private Dictionary<string, LimitedAccount>? _users;
    private Dictionary<string, LimitedAccount>? _children;
    private LimitSet? _perUser;
    private LimitSet? _perChild;
    private bool _hasUserBudgets;
    private int _evictUsersAt = MaxResident;
    private int _evictChildrenAt = MaxResident;

    public bool TracksUsers => _perUser is not null || _hasUserBudgets;

    public bool TracksChildren => _perChild is not null;

    public IEnumerable<LimitedAccount> Users => _users?.Values ?? Enumerable.Empty<LimitedAccount>();

    /// <summary>What they have spent has changed otherwise than by usage: each is read again before it is asked again. Holds stay.</summary>
    public void Unload()
    {
        foreach (var side in Users.Concat(_children?.Values ?? Enumerable.Empty<LimitedAccount>())) side.Loaded = false;
    }

    internal void SetDefaults(LimitSet? perUser, bool hasUserBudgets, LimitSet? perChild)
    {
        // While only other users had budgets of their own the ledger kept no balances for this user. With the first default it has filled them, so they must be read.
        if (_perUser is null && perUser is not null)
        {
            foreach (var user in Users) user.Loaded = false;
        }

        _perUser = perUser;
        _hasUserBudgets = hasUserBudgets;
        _perChild = perChild;
        // Accounts that are not tracked get no updates, so they must be read again if tracking begins again.
        if (!TracksUsers) _users = null;
        if (!TracksChildren) _children = null;
    }

    /// <summary>The user's account; null when users are not tracked here, or it is not in memory.</summary>
    public LimitedAccount? UserFor(string user) => TracksUsers ? _users?.GetValueOrDefault(user) : null;

    /// <summary>The account of the child on the way to the owner; null when children are not tracked, the owner is the node itself, or it is not in memory.</summary>
    public LimitedAccount? ChildFor(string node, string owner) =>
        TracksChildren && owner.Length > node.Length ? _children?.GetValueOrDefault(ChildOn(node, owner)) : null;

    /// <summary>What limits a side account now: its own budget, else the default. A child with a budget of its own is not limited here.</summary>
    public LimitSet? LimitsOf(LimitedAccount side) =>
        side.Kind == AccountKind.User ? side.Own ?? _perUser : side.Own is null ? _perChild : null;

    /// <summary>The account, made if it is not there; a new one is not loaded yet.</summary>
    public LimitedAccount Open(AccountKind kind, string name)
    {
        var accounts = kind == AccountKind.User ? _users ??= [] : _children ??= [];
        if (accounts.TryGetValue(name, out var side)) return side;
        ref var evictAt = ref kind == AccountKind.User ? ref _evictUsersAt : ref _evictChildrenAt;
        if (accounts.Count >= evictAt) evictAt = Evict(accounts);
        side = new LimitedAccount(kind, name);
        accounts.Add(name, side);
        return side;
    }

    /// <summary>The account if it is in memory, loaded or being loaded.</summary>
    public LimitedAccount? Resident(AccountKind kind, string name) =>
        (kind == AccountKind.User ? _users : _children)?.GetValueOrDefault(name);

    /// <summary>The direct child of <paramref name="node"/> on the way to <paramref name="owner"/>, which is below it.</summary>
    public static string ChildOn(string node, string owner)
    {
        var end = owner.IndexOf('/', node.Length + 1);
        return end < 0 ? owner : owner[..end];
    }

    /// <returns>The number of accounts at which to evict again. Above the usual one where all have holds, so that not every new account scans the table.</returns>
    private static int Evict(Dictionary<string, LimitedAccount> accounts)
    {
        // Evicts down to nine tenths, so that a stream of new users does not scan the table for each one.
        var idle = accounts.Where(a => a.Value is { OpenHolds: 0, IsBeingRead: false }).Select(a => a.Key).Take(accounts.Count - MaxResident * 9 / 10).ToList();
        foreach (var name in idle) accounts.Remove(name);
        return Math.Max(MaxResident, accounts.Count + accounts.Count / 10);
    }
}
