using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Ledger.Moves;
using BudgetEngine.Ledger.Sql.Storage;

namespace BudgetEngine.Ledger.Sql.Moves;

/// <summary>Usage rows under the names by which they are counted: while a move gives them their new names, those that wait for it count there already.</summary>
internal static class CountedRows
{
    /// <returns>What stands after <c>from</c>: of each row its cost center, user, date, cost, requests and kind, and its place among all.</returns>
    public static async Task<string> OfAsync(LedgerSession s, CancellationToken cancellationToken)
    {
        var moves = await UnderWayAsync(s, cancellationToken);
        return moves.Count == 0 ? "usage" : $"(select {NameOf(moves)} as cost_center, u.user_name, u.booked_date, u.cost, u.requests, u.kind, u.{s.Dialect.RowNumber} from usage u)";
    }

    /// <summary>The name by which a row of <c>usage u</c> counts, as an expression.</summary>
    public static async Task<string> NameAsync(LedgerSession s, CancellationToken cancellationToken) => NameOf(await UnderWayAsync(s, cancellationToken));

    /// <summary>Moves that are in force, of which some rows and sums still have their old names. There is one of a tenant at most.</summary>
    // Not "state in": SQLite follows the index of the open ones only where its own condition is said, and there are a thousand of each tenant that have ended.
    public static Task<List<CostCenterMove>> UnderWayAsync(LedgerSession s, CancellationToken cancellationToken) => s.ListAsync(
        $"select from_path, to_path from cost_center_moves where state <= {(int)MoveState.Renaming} and state >= {(int)MoveState.Moved} and not keeps_history",
        r => new CostCenterMove(r.Text(), r.Text()), cancellationToken);

    private static string NameOf(List<CostCenterMove> moves) =>
        moves.Count == 0 ? "u.cost_center" : $"case {string.Join(" ", moves.Select(m => $"when {IsMoved(m, "u.cost_center")} then {NewNameOf(m, "u.cost_center")}"))} else u.cost_center end";

    // Names have letters, digits and a few signs, none of which means anything in SQL.
    public static string IsMoved(CostCenterMove move, string name) => $"({name} = '{move.From}' or ({name} > '{move.From}/' and {name} < '{move.From}0'))";

    public static string NewNameOf(CostCenterMove move, string name) => $"'{move.To}' || substr({name}, {move.From.Length + 1})";
}
