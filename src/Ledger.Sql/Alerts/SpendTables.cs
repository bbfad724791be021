using System.Collections.Immutable;
using BudgetEngine.Domain.Alerts;
using BudgetEngine.Domain.Usage;
using BudgetEngine.Domain.Windows;
using BudgetEngine.Ledger.Sql.Moves;
using BudgetEngine.Ledger.Sql.Storage;

namespace BudgetEngine.Ledger.Sql.Alerts;

/// <summary>Who spends, from the roll-ups: models with their tokens, users, features.</summary>
internal static class SpendTables
{
    public const int User = 1;
    public const int Feature = 2;

    /// <summary>The tag whose values are features.</summary>
    public const string FeatureTag = "feature";

    /// <summary>Rows of one kind that advice looks at.</summary>
    private const int MaxNames = 10;

    public static async Task<IReadOnlyDictionary<string, SpendFacts>> ReadAsync(
        LedgerSession session, IReadOnlyCollection<(string CostCenter, DateOnly Date)> months, CancellationToken cancellationToken)
    {
        var facts = new Dictionary<string, SpendFacts>(StringComparer.Ordinal);
        // Tenants differ in their dates; most are in one month.
        foreach (var month in months.GroupBy(m => Window.Containing(Period.Monthly, m.Date)))
        {
            var paths = month.Select(m => m.CostCenter).Distinct(StringComparer.Ordinal).ToArray();
            foreach (var (path, found) in await ReadAsync(session, paths, month.Key, cancellationToken)) facts[path] = found;
        }

        return facts;
    }

    private static async Task<Dictionary<string, SpendFacts>> ReadAsync(LedgerSession session, string[] paths, DateOnly month, CancellationToken cancellationToken)
    {
        var moves = await CountedRows.UnderWayAsync(session, cancellationToken);
        var (ofModels, ofShares) = (CountedSums.Of(session, moves, SumTable.Models, paths), CountedSums.Of(session, moves, SumTable.Shares, paths));
        Func<string, string> sum = session.Dialect.Sum;
        var here = $"{session.Dialect.In("cost_center", "@paths")} and booked_date between @first and @last";
        return await session.QueryAsync(
            $"""
            select cost_center, model, {sum("spent")}, {sum("input_tokens")}, {sum("cached_input_tokens")}, {sum("cache_write_tokens")}, {sum("output_tokens")}, {sum("reasoning_tokens")}
            from {ofModels.From} m where {here} group by cost_center, model{ofModels.Having(session, "m", SumTable.Models.Numbers)};
            select cost_center, kind, name, spent from
                (select cost_center, kind, name, {sum("spent")} as spent,
                    row_number() over (partition by cost_center, kind order by {sum("spent")} desc, name) as place
                from {ofShares.From} m where {here} group by cost_center, kind, name{ofShares.Having(session, "m", SumTable.Shares.Numbers)}) ranked
            where place <= {MaxNames}
            """,
            async rows =>
            {
                var models = await rows.RestAsync(
                    r => (Path: r.Text(), Use: new ModelUse(r.Text(), r.Money(), new TokenCounts(r.Long(), r.Long(), r.Long(), r.Long(), r.Long()))), cancellationToken);
                var shares = await rows.NextResultAsync(r => (Path: r.Text(), Kind: r.Int(), Spend: new NamedSpend(r.Text(), r.Money())), cancellationToken);
                return paths.ToDictionary(
                    p => p,
                    p => new SpendFacts(
                        [.. models.Where(m => m.Path == p).Select(m => m.Use).OrderByDescending(m => m.Spent).ThenBy(m => m.Model, StringComparer.Ordinal).Take(MaxNames)],
                        Of(shares, p, User), Of(shares, p, Feature)),
                    StringComparer.Ordinal);
            },
            cancellationToken, [("paths", paths), ("first", month), ("last", month.AddDays(DateTime.DaysInMonth(month.Year, month.Month) - 1)), .. ofModels.Parameters]);
    }

    private static ImmutableArray<NamedSpend> Of(List<(string Path, int Kind, NamedSpend Spend)> shares, string path, int kind) =>
        [.. shares.Where(s => s.Path == path && s.Kind == kind).Select(s => s.Spend).OrderByDescending(s => s.Spent).ThenBy(s => s.Name, StringComparer.Ordinal)];
}
