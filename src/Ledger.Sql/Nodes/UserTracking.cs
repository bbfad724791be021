using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Ledger.Sql.Moves;
using BudgetEngine.Ledger.Sql.Storage;

namespace BudgetEngine.Ledger.Sql.Nodes;

/// <summary>
/// Which users have balances of their own. Tracking once begun goes on when the budget is deleted, so that the balances stay true and setting the budget again needs no fill (rows that retention
/// has deleted could not be filled in). It begins between two batches: each one after that counts for the user. What there was before is filled in by <see cref="UserFill"/>, beside the batches.
/// </summary>
internal static class UserTracking
{
    /// <summary>Has a user's balances kept from now on, and filled in. Whoever asks at the same time, or after a crash, goes on with the same fill.</summary>
    /// <param name="user">Empty: every user.</param>
    /// <exception cref="LedgerReportTooLongException">Reading the rows takes too long.</exception>
    /// <exception cref="MoveUnderWayException">A move of the tenant has to end first.</exception>
    public static async Task TrackAsync(LedgerDatabase database, string costCenter, string user, CancellationToken cancellationToken)
    {
        // For every user those first that were begun singly.
        while (await database.WriteAsync(s => NextFillAsync(s, database, costCenter, user, cancellationToken), cancellationToken) is { } fill)
        {
            await new UserFill(database, costCenter, fill).RunAsync(cancellationToken);
        }
    }

    /// <summary>Goes on with everything that was begun.</summary>
    public static async Task FinishAsync(LedgerDatabase database, CancellationToken cancellationToken)
    {
        var begun = await database.ReadAsync(
            s => s.ListAsync("select cost_center, user_name from user_fills order by cost_center, user_name", r => (CostCenter: r.Text(), User: r.Text()), cancellationToken), cancellationToken);
        foreach (var (costCenter, user) in begun) await TrackAsync(database, costCenter, user, cancellationToken);
    }

    /// <summary>True when the balances that this budget needs are kept, and whole.</summary>
    public static async Task<bool> IsReadyAsync(LedgerSession session, string costCenter, string? user, Budget budget, CancellationToken cancellationToken) =>
        (user is null && budget.PerUser is null)
        || (await IsTrackedAsync(session, costCenter, user ?? "", cancellationToken) && await OpenFillAsync(session, costCenter, user ?? "", cancellationToken) is null);

    /// <summary>What is still to be filled in, begun here if it was not; null: nothing.</summary>
    private static async Task<string?> NextFillAsync(LedgerSession session, LedgerDatabase database, string costCenter, string user, CancellationToken cancellationToken)
    {
        // Administrative writes go one after the other, so nobody else can have begun meanwhile; batches must see it begun, or be over.
        await AdminWrites.BeginAsync(session, cancellationToken);
        if (await OpenFillAsync(session, costCenter, user, cancellationToken) is { } open) return open;
        if (await IsTrackedAsync(session, costCenter, user, cancellationToken)) return null;
        // Steps of a move would add the older days of a user who is told apart in the middle of them, and the fill would add them, too.
        foreach (var move in await CountedRows.UnderWayAsync(session, cancellationToken))
        {
            if (CostCenterId.TenantOf(move.From) == CostCenterId.TenantOf(costCenter) && await MovedBalances.AnyLeftAsync(session, move, cancellationToken)) throw new MoveUnderWayException(move.From, move.To);
        }

        await database.KeepBatchesOutAsync(session, cancellationToken);
        await session.ExecuteAsync(
            $"""
            insert into tracked_users (cost_center, user_name) values (@cost_center, @user_name);
            insert into user_fills (cost_center, user_name, before_row, after_user, after_date) values (@cost_center, @user_name, {session.Dialect.NextRowNumber}, '', @first)
            """,
            cancellationToken, ("cost_center", costCenter), ("user_name", user), ("first", DateOnly.MinValue));
        return user;
    }

    private static Task<bool> IsTrackedAsync(LedgerSession session, string costCenter, string user, CancellationToken cancellationToken) =>
        session.AnyAsync(
            "select 1 from tracked_users where cost_center = @cost_center and user_name in ('', @user_name)", cancellationToken,
            ("cost_center", costCenter), ("user_name", user));

    /// <summary>A fill that this user's balances wait for: one of their own, or of every user where they are not tracked singly. Every user waits for all.</summary>
    private static Task<string?> OpenFillAsync(LedgerSession session, string costCenter, string user, CancellationToken cancellationToken) =>
        session.FirstAsync<string>(
            """
            select f.user_name from user_fills f
            where f.cost_center = @cost_center and (@user_name = '' or f.user_name = @user_name
                or (f.user_name = '' and not exists (select 1 from tracked_users t where t.cost_center = @cost_center and t.user_name = @user_name)))
            order by f.user_name desc limit 1
            """,
            r => r.Text(), cancellationToken, ("cost_center", costCenter), ("user_name", user));
}
