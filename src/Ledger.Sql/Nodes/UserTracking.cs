using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.Windows;
using BudgetEngine.Ledger.Sql.Moves;
using BudgetEngine.Ledger.Sql.Storage;

namespace BudgetEngine.Ledger.Sql.Nodes;

/// <summary>
/// Which users have balances of their own. Tracking once begun goes on when the budget is deleted, so that the balances stay true and setting the budget
/// again needs no fill (rows that retention has deleted could not be filled in).
/// </summary>
internal static class UserTracking
{
    /// <summary>Starts to track what this budget needs, if that is not tracked yet, and fills the balances from the kept rows.</summary>
    public static async Task EnsureAsync(
        LedgerSession session, LedgerDatabase database, string costCenter, string? user, Budget budget, CancellationToken cancellationToken)
    {
        var tracked = user ?? "";
        if (user is null && budget.PerUser is null) return;
        await StartAsync(session, database, costCenter, tracked, cancellationToken);
    }

    /// <summary>Tracks a user from now on, and fills the balances from the kept rows, if it is not tracked yet.</summary>
    /// <param name="user">Empty: every user.</param>
    public static async Task StartAsync(LedgerSession session, LedgerDatabase database, string costCenter, string user, CancellationToken cancellationToken)
    {
        if (await IsTrackedAsync(session, costCenter, user, cancellationToken)) return;
        // Administrative writes go one after the other, so nobody else can have begun meanwhile; batches must see it begun, or be over.
        await database.KeepBatchesOutAsync(session, cancellationToken);
        await session.ExecuteAsync(
            "insert into tracked_users (cost_center, user_name) values (@cost_center, @user_name)", cancellationToken,
            ("cost_center", costCenter), ("user_name", user));
        var tookLong = session.MayTakeLong;
        session.MayTakeLong = true;
        await FillAsync(session, costCenter, user, cancellationToken);
        session.MayTakeLong = tookLong;
    }

    private static Task<bool> IsTrackedAsync(LedgerSession session, string costCenter, string user, CancellationToken cancellationToken) =>
        session.AnyAsync(
            "select 1 from tracked_users where cost_center = @cost_center and user_name in ('', @user_name)", cancellationToken,
            ("cost_center", costCenter), ("user_name", user));

    /// <summary>Users that were tracked singly before have their balances already: those stay. Months are sums of days, also while retention runs.</summary>
    private static async Task FillAsync(LedgerSession session, string costCenter, string user, CancellationToken cancellationToken)
    {
        var month = session.Dialect.MonthOf("b.window_date");
        (string, object?)[] parameters = user.Length == 0 ? [("cost_center", costCenter)] : [("cost_center", costCenter), ("user_name", user)];
        await session.ExecuteAsync(
            $"""
            insert into balances (cost_center, user_name, period, window_date, spent, requests, version)
            select @cost_center, u.user_name, {(int)Period.Daily}, u.booked_date, {session.Dialect.Sum("u.cost")}, {session.Dialect.Sum("u.requests")}, 1
            from {await CountedRows.OfAsync(session, cancellationToken)} u
            where u.kind <> 2 and {Subtree.Where("u.cost_center", costCenter)} and {(user.Length == 0 ? "true" : "u.user_name = @user_name")}
            group by u.user_name, u.booked_date
            on conflict do nothing
            """,
            cancellationToken, [.. parameters, .. Subtree.Parameters(costCenter)]);
        await session.ExecuteAsync(
            $"""
            insert into balances (cost_center, user_name, period, window_date, spent, requests, version)
            select b.cost_center, b.user_name, {(int)Period.Monthly}, {month}, {session.Dialect.Sum("b.spent")}, {session.Dialect.Sum("b.requests")}, 1
            from balances b
            where b.cost_center = @cost_center and b.period = {(int)Period.Daily} and {(user.Length == 0 ? "b.user_name > ''" : "b.user_name = @user_name")}
            group by b.cost_center, b.user_name, {month}
            on conflict do nothing
            """,
            cancellationToken, parameters);
    }
}
