using BudgetEngine.Ledger.Sql.Storage;

namespace BudgetEngine.Ledger.Sql.Reports;

/// <summary>How far each roll-up has come among the rows of usage.</summary>
internal static class RollUpCursors
{
    public const string Models = "model_spend_cursor";
    public const string Days = "usage_days_cursor";
    public const string Lists = "spend_lists_cursor";

    /// <summary>One row in each.</summary>
    public static readonly IReadOnlyList<string> Tables = [Models, Days, Lists];

    /// <summary>A condition and the order of rows of <c>usage u</c>: those that come next, whose place among all is settled.</summary>
    public static string NextRows(Dialect dialect, string table) =>
        $"""
        u.kind <> 2 and ({dialect.RollUpPosition}) > (select {dialect.RollUpCursor} from {table}) and {dialect.RollUpSettled}
        order by {dialect.RollUpPosition} limit @limit
        """;

    /// <summary>True for rows of <c>usage u</c> that all roll-ups have.</summary>
    public static string IsRolledUp(Dialect dialect) => string.Join(" and ", Tables.Select(t => $"({dialect.RollUpPosition}) <= (select {dialect.RollUpCursor} from {t})"));

    /// <summary>Puts a cursor behind a row.</summary>
    public static Task MoveAsync(LedgerSession s, string table, string tenant, string requestId, CancellationToken cancellationToken) =>
        s.ExecuteAsync(
            $"""
            update {table} set ({s.Dialect.RollUpCursor}) =
                (select {s.Dialect.RollUpPosition} from usage u where u.tenant = @tenant and u.request_id = @request_id and u.kind <> 2)
            """,
            cancellationToken, ("tenant", tenant), ("request_id", requestId));
}
