using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Ledger.Sql.Storage;

namespace BudgetEngine.Ledger.Sql.Moves;

/// <summary>
/// A table of sums as it will be when the moves that are under way have ended: what still has its old name counts under the new one, and above that, and no more above the old one.
/// </summary>
/// <param name="From">What stands after <c>from</c>; where no move is under way it is the table itself.</param>
internal sealed record CountedSums(string From, (string Name, object? Value)[] Parameters)
{
    /// <summary>A histogram that is to be taken away begins with it.</summary>
    public const char Taken = '-';

    /// <summary>Ends a group by name: a name of which all is taken away is none.</summary>
    public string Having(LedgerSession s, string alias, string[] numbers) =>
        Parameters.Length == 0 ? "" : $" having {string.Join(" or ", numbers.Select(n => $"{s.Dialect.Sum($"{alias}.{n}")} <> 0"))}";

    private sealed record Source(string Path, string From, int Sign);

    /// <summary>Of these cost centers only.</summary>
    public static async Task<CountedSums> ReadAsync(LedgerSession s, SumTable table, IReadOnlyCollection<string> paths, CancellationToken cancellationToken) =>
        Of(s, await CountedRows.UnderWayAsync(s, cancellationToken), table, paths);

    /// <summary>The same, where the moves that are under way are known. The parameters are those of the paths, whatever the table.</summary>
    public static CountedSums Of(LedgerSession s, List<CostCenterMove> moves, SumTable table, IReadOnlyCollection<string> paths)
    {
        var sources = SourcesOf(moves, paths);
        if (sources.Count == 0 && !paths.Any(p => moves.Exists(m => m.Moves(p)))) return new CountedSums(table.Name, []);
        return new CountedSums(
            $"""
            (select {string.Join(", ", table.Columns)} from {table.Name} where {s.Dialect.In("cost_center", "@own")}
            union all
            select c.path, {Moved(table, "c.sign")} from {Join(s, table)})
            """,
            [("own", paths.Where(p => !moves.Exists(m => m.Moves(p))).ToArray()), ("moved", Json(sources))]);
    }

    /// <summary>All balances, one row of each window.</summary>
    public static async Task<string> BalancesAsync(LedgerSession s, CancellationToken cancellationToken)
    {
        var moves = await CountedRows.UnderWayAsync(s, cancellationToken);
        if (moves.Count == 0) return SumTable.Balances.Name;
        var parts = moves.SelectMany(PartsOf).Prepend($"select {string.Join(", ", SumTable.Balances.Columns)} from balances o where not ({string.Join(" or ", moves.Select(m => CountedRows.IsMoved(m, "o.cost_center")))})");
        return $"""
            (select c.cost_center, c.user_name, c.period, c.window_date, {s.Dialect.Sum("c.spent")} as spent, {s.Dialect.Sum("c.requests")} as requests
            from ({string.Join(" union all ", parts)}) c group by c.cost_center, c.user_name, c.period, c.window_date)
            """;
    }

    /// <summary>Where sums are, that count at these cost centers, too.</summary>
    public static string Sources(IReadOnlyList<CostCenterMove> moves, IReadOnlyCollection<string> paths) => Json(SourcesOf(moves, paths));

    /// <summary><see cref="Sources"/> as a table, from a parameter of this name.</summary>
    public static string SourceRows(Dialect dialect, string parameter, string alias) => dialect.Rows(parameter, alias, ("path", "text"), ("source", "text"), ("sign", "bigint"));

    private static IEnumerable<string> PartsOf(CostCenterMove move)
    {
        var sums = SumTable.Balances;
        yield return $"select {CountedRows.NewNameOf(move, "o.cost_center")}, {Moved(sums, "1")} from balances o where {CountedRows.IsMoved(move, "o.cost_center")} and {MovedBalances.HasAnything("o")}";
        foreach (var node in move.Gaining)
        {
            yield return $"select '{node}', {Moved(sums, "1")} from balances o where o.cost_center = '{move.From}' and {MovedBalances.HasAnything("o")} and {MovedBalances.IsToldApart("o", $"'{node}'")}";
        }

        foreach (var node in move.Losing)
        {
            yield return $"select '{node}', {Moved(sums, "-1")} from balances o join balances m on m.cost_center = '{node}' and {sums.SameKeys("m", "o")} where o.cost_center = '{move.From}'";
        }
    }

    // Names that only what is moved has are not at an ancestor that has no room for more of them: they are in its rest, of which no report tells by itself.
    private static string Join(LedgerSession s, SumTable table) =>
        $"""
        {SourceRows(s.Dialect, "@moved", "c")} join {table.Name} o on o.cost_center = c.source
        where c.sign > 0 or exists (select 1 from {table.Name} m where m.cost_center = c.path and {table.SameKeys("m", "o")})
        """;

    private static string Moved(SumTable table, string sign) => string.Join(
        ", ",
        [
            .. table.Keys.Select(k => "o." + k), .. table.Numbers.Select(n => $"{sign} * o.{n}"),
            .. table.HasHistograms ? (string[])[$"case when {sign} < 0 and o.histogram <> '' then '{Taken}' || o.histogram else o.histogram end"] : [],
        ]);

    private static List<Source> SourcesOf(IReadOnlyList<CostCenterMove> moves, IReadOnlyCollection<string> paths)
    {
        var sources = new List<Source>();
        foreach (var move in moves)
        {
            var (gaining, losing) = (move.Gaining.ToHashSet(StringComparer.Ordinal), move.Losing.ToHashSet(StringComparer.Ordinal));
            foreach (var path in paths)
            {
                if (CostCenterId.IsWithin(path, move.To)) sources.Add(new Source(path, new CostCenterMove(move.To, move.From).NewNameOf(path), 1));
                else if (gaining.Contains(path)) sources.Add(new Source(path, move.From, 1));
                else if (losing.Contains(path)) sources.Add(new Source(path, move.From, -1));
            }
        }

        return sources;
    }

    private static string Json(List<Source> sources) => JsonRows.Of(sources, (to, source) =>
    {
        to.WriteString("path", source.Path);
        to.WriteString("source", source.From);
        to.WriteNumber("sign", source.Sign);
    });
}
