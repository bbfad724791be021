using System.Runtime.InteropServices;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.Usage;
using BudgetEngine.Domain.Windows;
using BudgetEngine.Ledger.Storage;

namespace BudgetEngine.Ledger.Records;

/// <summary>Adds up what a batch brings to each balance, and notes which balances its answer needs besides.</summary>
internal sealed class BatchSums(PathCache paths)
{
    // Rows of one leaf, user and date are added up first: most batches have many of them.
    private readonly Dictionary<(string CostCenter, string User, DateOnly Date), BalanceSum> _leaves = [];
    private readonly HashSet<(string CostCenter, string User, DateOnly Date)> _reads = [];

    // Made when needed: corrections are rare. Of every node, the user empty for its own balance.
    private HashSet<(string CostCenter, string User, DateOnly Date)>? _corrected;

    public void Add(UsageRow row)
    {
        if (row.Kind == RowKind.Correction) AddCorrected(row.CostCenter, row.User, row.BookedDate);
        ref var sum = ref CollectionsMarshal.GetValueRefOrAddDefault(_leaves, (row.CostCenter, row.User, row.BookedDate), out _);
        sum = new BalanceSum(checked(sum.Spent + row.Cost.Nanos), checked(sum.Requests + row.Requests));
    }

    private void AddCorrected(string costCenter, string user, DateOnly date)
    {
        _corrected ??= [];
        foreach (var node in paths.NodesOf(costCenter))
        {
            _corrected.Add((node, "", date));
            _corrected.Add((node, user, date));
        }
    }

    /// <summary>It may be the batch's own, sent again: the answer is the same.</summary>
    public void Read(KnownRow row)
    {
        if (row.Kind == RowKind.Correction) AddCorrected(row.CostCenter, row.User, row.Date);
        _reads.Add((row.CostCenter, row.User, row.Date));
    }

    /// <summary>Stored rows may lie on other paths or users than the batch names: a duplicate's, a correction's original.</summary>
    public async ValueTask ReadTrackedAsync(IBatchTransaction transaction, BatchNeeds needs, TrackedUsers tracked, CancellationToken cancellationToken)
    {
        var nodes = new HashSet<string>(StringComparer.Ordinal);
        var users = new HashSet<string>(StringComparer.Ordinal);
        var asked = true;
        foreach (var (costCenter, user, _) in _leaves.Keys.Concat(_reads))
        {
            asked &= needs.Nodes.Contains(costCenter) && needs.Users.Contains(user);
            nodes.UnionWith(paths.NodesOf(costCenter));
            users.Add(user);
        }

        if (!asked) tracked.Add(await transaction.ReadTrackedAsync(nodes, users, cancellationToken));
    }

    /// <param name="offered">Cost centers that the transaction has added already, or found.</param>
    public BatchEffects Effects(TrackedUsers tracked, HoldFold holds, IReadOnlyList<string> offered)
    {
        var sums = new Dictionary<BalanceKey, BalanceSum>(_leaves.Count * 4);
        foreach (var ((costCenter, user, date), sum) in _leaves)
        {
            foreach (var node in paths.NodesOf(costCenter))
            {
                AddTo(sums, node, "", date, sum);
                if (tracked.Has(node, user)) AddTo(sums, node, user, date, sum);
            }
        }

        var keys = sums.Keys.ToArray();
        Array.Sort(keys);
        var reads = Reads(tracked, sums);
        return new BatchEffects(NewNodes(offered), keys, Array.ConvertAll(keys, k => sums[k]), reads, holds.Deletes, holds.Puts);
    }

    /// <summary>The balances of dates, each with those of its month.</summary>
    public IReadOnlyList<DateBalances> Answer(BatchEffects effects, BatchBalances balances)
    {
        var all = new Dictionary<BalanceKey, Balance>(effects.Keys.Length + effects.Reads.Length);
        for (var i = 0; i < effects.Keys.Length; i++) all[effects.Keys[i]] = balances.Written[i];
        foreach (var (key, balance) in balances.Read) all[key] = balance;
        var answer = new List<DateBalances>(effects.Keys.Length / 2 + effects.Reads.Length);
        foreach (var key in effects.Keys) AddDay(key);
        var written = answer.Count;
        foreach (var key in effects.Reads) AddDay(key);
        if (written > 0 && answer.Count > written) answer.Sort(ByKey);
        return answer;

        void AddDay(BalanceKey key)
        {
            if (key.Period != Period.Daily) return;
            var month = BalanceKey.Month(key.CostCenter, key.User, key.Window);
            var user = key.User.Length == 0 ? null : key.User;
            var corrected = _corrected is not null && _corrected.Contains((key.CostCenter, key.User, key.Window));
            answer.Add(new DateBalances(key.CostCenter, user, key.Window, all.GetValueOrDefault(key), all.GetValueOrDefault(month), corrected));
        }
    }

    private static int ByKey(DateBalances a, DateBalances b) =>
        BalanceKey.Day(a.CostCenter, a.User ?? "", a.Date).CompareTo(BalanceKey.Day(b.CostCenter, b.User ?? "", b.Date));

    private static void AddTo(Dictionary<BalanceKey, BalanceSum> sums, string node, string user, DateOnly date, BalanceSum sum)
    {
        Add(BalanceKey.Day(node, user, date));
        Add(BalanceKey.Month(node, user, date));

        void Add(BalanceKey key)
        {
            ref var total = ref CollectionsMarshal.GetValueRefOrAddDefault(sums, key, out _);
            total = new BalanceSum(checked(total.Spent + sum.Spent), checked(total.Requests + sum.Requests));
        }
    }

    private BalanceKey[] Reads(TrackedUsers tracked, Dictionary<BalanceKey, BalanceSum> sums)
    {
        if (_reads.Count == 0) return [];
        var reads = new SortedSet<BalanceKey>();
        foreach (var (costCenter, user, date) in _reads)
        {
            foreach (var node in paths.NodesOf(costCenter))
            {
                Add(node, "", date);
                if (tracked.Has(node, user)) Add(node, user, date);
            }
        }

        return [.. reads];

        void Add(string node, string user, DateOnly date)
        {
            if (BalanceKey.Day(node, user, date) is var day && !sums.ContainsKey(day)) reads.Add(day);
            if (BalanceKey.Month(node, user, date) is var month && !sums.ContainsKey(month)) reads.Add(month);
        }
    }

    private List<string> NewNodes(IReadOnlyList<string> offered)
    {
        var nodes = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (costCenter, _, _) in _leaves.Keys)
        {
            foreach (var node in paths.NodesOf(costCenter))
            {
                if (!paths.IsCommitted(node)) nodes.Add(node);
            }
        }

        if (nodes.Count > 0) nodes.ExceptWith(offered);
        return [.. nodes.Order(StringComparer.Ordinal)];
    }
}

/// <summary>Which users have balances of their own, and where.</summary>
internal sealed class TrackedUsers
{
    private readonly HashSet<TrackedUser> _tracked = [];

    public TrackedUsers(IReadOnlyList<TrackedUser> tracked) => Add(tracked);

    public void Add(IReadOnlyList<TrackedUser> tracked) => _tracked.UnionWith(tracked);

    public bool Has(string node, string user) =>
        _tracked.Count > 0 && (_tracked.Contains(new TrackedUser(node, "")) || _tracked.Contains(new TrackedUser(node, user)));
}
