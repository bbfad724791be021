using BudgetEngine.Ledger.Moves;
using BudgetEngine.Ledger.Sql.Storage;

namespace BudgetEngine.Ledger.Sql.Moves;

/// <summary>Usage rows under the names by which they are counted: while a move gives them their new names, those that wait for it count there already.</summary>
internal static class CountedRows
{
    /// <returns>What stands after <c>from</c>: of each row its cost center, user, date, cost, requests and kind.</returns>
    public static async Task<string> OfAsync(LedgerSession s, CancellationToken cancellationToken)
    {
        var moves = await s.ListAsync(
            $"select from_path, to_path from cost_center_moves where state in ({(int)MoveState.Moved}, {(int)MoveState.Renaming}) and not keeps_history",
            r => (From: r.Text(), To: r.Text()), cancellationToken);
        if (moves.Count == 0) return "usage";
        // Names have letters, digits and a few signs, none of which means anything in SQL.
        var cases = moves.Select(m => $"when u.cost_center = '{m.From}' or (u.cost_center > '{m.From}/' and u.cost_center < '{m.From}0') then '{m.To}' || substr(u.cost_center, {m.From.Length + 1})");
        return $"(select case {string.Join(" ", cases)} else u.cost_center end as cost_center, u.user_name, u.booked_date, u.cost, u.requests, u.kind from usage u)";
    }
}
