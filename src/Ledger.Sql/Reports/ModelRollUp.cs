using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Domain.Usage;
using BudgetEngine.Ledger.Alerts;
using BudgetEngine.Ledger.Records;
using BudgetEngine.Ledger.Reports;
using BudgetEngine.Ledger.Sql.Alerts;
using BudgetEngine.Ledger.Sql.Moves;
using BudgetEngine.Ledger.Sql.Storage;
using BudgetEngine.Ledger.Storage;

namespace BudgetEngine.Ledger.Sql.Reports;

/// <summary>
/// Spend by date of every cost center, all below included: by model, and by user and feature where they are named. Follows the rows by a cursor, outside of
/// their transactions, and puts every account with a limit whose balance has changed on the sweep's list: a crossing survives the death of any process.
/// </summary>
internal sealed class ModelRollUp(LedgerDatabase database, PathCache paths)
{
    private static readonly string[] Tokens = ["input_tokens", "cached_input_tokens", "cache_write_tokens", "output_tokens", "reasoning_tokens"];

    private static readonly string[] _numbers = ["spent", "requests", .. Tokens];

    private static readonly (string Name, string Type)[] _sumColumns =
        [("cost_center", "text"), ("booked_date", "date"), ("model", "text"), .. _numbers.Select(n => (n, "bigint"))];

    private static readonly (string Name, string Type)[] _shareColumns =
        [("cost_center", "text"), ("booked_date", "date"), ("kind", "bigint"), ("name", "text"), ("spent", "bigint")];

    private static readonly string OnConflict =
        $"on conflict (cost_center, booked_date, model) do update set {string.Join(", ", _numbers.Select(n => $"{n} = {SaturatingSql.Add("m." + n, "excluded." + n)}"))}";

    private readonly record struct Key(string CostCenter, DateOnly Date, string Model);

    private readonly record struct ShareKey(string CostCenter, DateOnly Date, int Kind, string Name);

    private sealed record Row(
        string CostCenter, DateOnly Date, string Model, long Spent, long Requests, string Tenant, string RequestId, string User, string? Feature, bool Unpriced,
        bool Correction, long[] Tokens);

    private sealed class ModelSum
    {
        public BalanceSum Sum { get; set; }

        public long[] Tokens { get; } = new long[5];
    }

    private sealed record Portion(
        List<Row> Rows, SortedDictionary<Key, ModelSum> Sums, SortedDictionary<ShareKey, long> Shares, IReadOnlyCollection<AlertEvaluation> Evaluations);

    public async Task<int> RunAsync(int limit, CancellationToken cancellationToken)
    {
        var added = await database.RollUpAsync<Portion>(
            async s =>
            {
                var rows = await NextAsync(s, limit, cancellationToken);
                return rows.Count == 0 ? null : new Portion(rows, Sum(rows), Shares(rows), await EvaluationsAsync(s, rows, cancellationToken));
            },
            async (s, portion) =>
            {
                await AddAsync(s, portion.Sums, cancellationToken);
                if (portion.Shares.Count > 0) await AddAsync(s, portion.Shares, cancellationToken);
                if (portion.Evaluations.Count > 0) await EvaluationList.AddAsync(s, portion.Evaluations, cancellationToken);
                await RollUpCursors.MoveAsync(s, RollUpCursors.Models, portion.Rows[^1].Tenant, portion.Rows[^1].RequestId, cancellationToken);
            },
            cancellationToken);
        return added?.Rows.Count ?? 0;
    }

    private static async Task<List<Row>> NextAsync(LedgerSession s, int limit, CancellationToken cancellationToken) =>
        await s.ListAsync(
            $"""
            select {await CountedRows.NameAsync(s, cancellationToken)}, u.booked_date, coalesce(u.model, ''), u.cost, u.requests, u.tenant, u.request_id, u.user_name, {s.Dialect.Tag("@feature")}, u.unpriced,
                u.kind, {string.Join(", ", Tokens.Select(t => $"coalesce(u.{t}, 0)"))}
            from usage u
            where {RollUpCursors.NextRows(s.Dialect, RollUpCursors.Models)}
            """,
            r => new Row(
                r.Text(), r.Date(), r.Text(), r.Long(), r.Long(), r.Text(), r.Text(), r.Text(), r.TextOrNull(), r.Flag(), (RowKind)r.Long() == RowKind.Correction,
                [r.Long(), r.Long(), r.Long(), r.Long(), r.Long()]),
            cancellationToken, ("limit", (long)limit), ("feature", SpendTables.FeatureTag));

    private SortedDictionary<Key, ModelSum> Sum(List<Row> rows)
    {
        var sums = new SortedDictionary<Key, ModelSum>(Comparer<Key>.Create(Compare));
        foreach (var row in rows)
        {
            foreach (var node in paths.NodesOf(row.CostCenter))
            {
                var key = new Key(node, row.Date, row.Model);
                if (!sums.TryGetValue(key, out var sum)) sums.Add(key, sum = new ModelSum());
                sum.Sum = new BalanceSum(Saturating.Add(sum.Sum.Spent, row.Spent), Saturating.Add(sum.Sum.Requests, row.Requests));
                for (var i = 0; i < row.Tokens.Length; i++) sum.Tokens[i] = Saturating.Add(sum.Tokens[i], row.Tokens[i]);
            }
        }

        return sums;
    }

    /// <summary>Of users and features that are named.</summary>
    private SortedDictionary<ShareKey, long> Shares(List<Row> rows)
    {
        var shares = new SortedDictionary<ShareKey, long>(Comparer<ShareKey>.Create(Compare));
        foreach (var row in rows)
        {
            if (row.Spent == 0) continue;
            foreach (var node in paths.NodesOf(row.CostCenter))
            {
                if (row.User != UsageRow.AnonymousUser) Add(new ShareKey(node, row.Date, SpendTables.User, row.User), row.Spent);
                if (row.Feature is { Length: > 0 } feature) Add(new ShareKey(node, row.Date, SpendTables.Feature, feature), row.Spent);
            }
        }

        return shares;

        void Add(ShareKey key, long spent) => shares[key] = Saturating.Add(shares.GetValueOrDefault(key), spent);
    }

    private static Task AddAsync(LedgerSession s, SortedDictionary<Key, ModelSum> sums, CancellationToken cancellationToken) =>
        s.InsertAsync(
            "model_spend as m", _sumColumns, OnConflict, sums,
            (sum, to) =>
            {
                to.Text(sum.Key.CostCenter);
                to.Date(sum.Key.Date);
                to.Text(sum.Key.Model);
                to.Number(sum.Value.Sum.Spent);
                to.Number(sum.Value.Sum.Requests);
                foreach (var tokens in sum.Value.Tokens) to.Number(tokens);
            },
            cancellationToken);

    private static Task AddAsync(LedgerSession s, SortedDictionary<ShareKey, long> shares, CancellationToken cancellationToken) =>
        s.InsertAsync(
            "share_spend as m", _shareColumns,
            $"on conflict (cost_center, booked_date, kind, name) do update set spent = {SaturatingSql.Add("m.spent", "excluded.spent")}", shares,
            (share, to) =>
            {
                to.Text(share.Key.CostCenter);
                to.Date(share.Key.Date);
                to.Number(share.Key.Kind);
                to.Text(share.Key.Name);
                to.Number(share.Value);
            },
            cancellationToken);

    private async Task<IReadOnlyCollection<AlertEvaluation>> EvaluationsAsync(LedgerSession s, List<Row> rows, CancellationToken cancellationToken)
    {
        var found = new RollUpEvaluations(paths);
        foreach (var row in rows) found.Add(row.CostCenter, row.User, row.Date, row.Correction, row.Unpriced, row.Model);
        var nodes = found.Nodes();
        var (budgeted, limitingChildren) = await BudgetedAsync(s, nodes, cancellationToken);
        var tracked = budgeted.Count == 0 ? [] : await TrackedAsync(s, nodes, cancellationToken);
        return found.Of(budgeted, limitingChildren, new TrackedUsers(tracked));
    }

    /// <summary>Which have a budget, and which one for each of their children.</summary>
    private static async Task<(HashSet<string> Budgeted, HashSet<string> LimitingChildren)> BudgetedAsync(LedgerSession s, string[] nodes, CancellationToken cancellationToken)
    {
        var paths = nodes.Concat(nodes.Select(CostCenterId.ParentOf).OfType<string>()).Distinct(StringComparer.Ordinal).ToArray();
        // Of a stored budget, which is written without blanks: parsing thousands at each roll-up would cost more than all the rest of it.
        var found = await s.ListAsync(
            $"select cost_center, budget like '%\"per_child\":{{%' from budgets where {s.Dialect.In("cost_center", "@paths")}", r => (Path: r.Text(), Children: r.Flag()),
            cancellationToken, ("paths", paths));
        return (found.Select(f => f.Path).ToHashSet(StringComparer.Ordinal), found.Where(f => f.Children).Select(f => f.Path).ToHashSet(StringComparer.Ordinal));
    }

    private static async Task<IReadOnlyList<TrackedUser>> TrackedAsync(LedgerSession s, string[] nodes, CancellationToken cancellationToken) =>
        await s.ListAsync(
            $"select cost_center, user_name from tracked_users where {s.Dialect.In("cost_center", "@paths")}", r => new TrackedUser(r.Text(), r.Text()), cancellationToken,
            ("paths", nodes));

    private static int Compare(Key a, Key b)
    {
        var order = string.CompareOrdinal(a.CostCenter, b.CostCenter);
        if (order == 0) order = a.Date.CompareTo(b.Date);
        return order != 0 ? order : string.CompareOrdinal(a.Model, b.Model);
    }

    private static int Compare(ShareKey a, ShareKey b)
    {
        var order = string.CompareOrdinal(a.CostCenter, b.CostCenter);
        if (order == 0) order = a.Date.CompareTo(b.Date);
        if (order == 0) order = a.Kind.CompareTo(b.Kind);
        return order != 0 ? order : string.CompareOrdinal(a.Name, b.Name);
    }
}
