using BudgetEngine.Domain.Alerts;
using BudgetEngine.Ledger.Alerts;
using BudgetEngine.Ledger.Sql.Storage;

namespace BudgetEngine.Ledger.Sql.Alerts;

/// <summary>What is still to be told to which channel, and what became of it.</summary>
internal static class DeliveryTable
{
    public static Task InsertAsync(
        LedgerSession session, IReadOnlyList<(string AlertId, string Channel, bool Resolves)> deliveries, DateTimeOffset now, CancellationToken cancellationToken) =>
        session.ExecuteAsync(
            $"""
            insert into deliveries (alert_id, channel, resolves, state, attempts, first_at, next_at)
            select r.alert_id, r.channel, r.resolves = 1, 0, 0, @now, @now
            from {session.Dialect.Rows("@rows", "r", ("alert_id", "text"), ("channel", "text"), ("resolves", "bigint"))} where true
            on conflict (alert_id, channel, resolves) do nothing
            """,
            cancellationToken, ("rows", Json(deliveries)), ("now", now));

    private static readonly string IncidentTypes = string.Join(", ", AlertTypes.All.Where(IEvaluationTransaction.BeginsIncident).Select(t => (int)t));

    public static async Task<IReadOnlyList<string>> ResolveAsync(
        LedgerSession session, WindowKey window, IReadOnlyCollection<string> channels, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var date = JsonRows.Of([window.Window], (to, d) => session.Dialect.WriteDate(to, "window_date", d));
        var delivered = await session.ListAsync(
            $"""
            select d.alert_id, d.channel, d.state from deliveries d join alerts a on a.id = d.alert_id
            where a.cost_center = @cost_center and a.user_name = @user_name and a.period = @period and a.type in ({IncidentTypes})
                and a.window_date = (select w.window_date from {session.Dialect.Rows("@date", "w", ("window_date", "date"))})
                and not d.resolves and {session.Dialect.In("d.channel", "@channels")}
            order by a.entry desc
            """,
            r => (AlertId: r.Text(), Channel: r.Text(), State: (DeliveryState)r.Long()), cancellationToken, ("cost_center", window.Account.CostCenter),
            ("user_name", window.Account.User), ("period", (long)window.Period), ("date", date), ("channels", channels.ToArray()));
        foreach (var (alertId, channel, state) in delivered.Where(t => t.State == DeliveryState.Pending)) await DropAsync(session, alertId, channel, now, cancellationToken);

        // The newest that was told; one that is on its way may have arrived.
        var resolved = delivered.DistinctBy(t => t.Channel).Select(t => (t.AlertId, t.Channel, true)).ToList();
        if (resolved.Count > 0) await InsertAsync(session, resolved, now, cancellationToken);
        return [.. resolved.Select(r => r.Channel)];
    }

    public static Task<List<string>> DueChannelsAsync(LedgerSession session, DateTimeOffset now, int limit, CancellationToken cancellationToken) =>
        session.ListAsync(
            "select distinct channel from deliveries where state = 0 and next_at <= @now limit @limit", r => r.Text(), cancellationToken, ("now", now),
            ("limit", (long)limit));

    public static Task<DueDeliveries> DueAsync(LedgerSession session, string channel, DateTimeOffset now, int limit, CancellationToken cancellationToken) =>
        session.QueryAsync(
            """
            select a.content, d.resolves, d.attempts, d.first_at, d.next_at from deliveries d join alerts a on a.id = d.alert_id
            where d.channel = @channel and d.state = 0 and d.next_at <= @now order by d.first_at, a.entry limit @limit;
            select next_at from deliveries where channel = @channel and state = 0 and next_at > @now order by next_at limit 1
            """,
            async rows =>
            {
                var due = await rows.RestAsync(r => new PendingDelivery(AlertDocument.Read(r.Text()), r.Flag(), r.Int(), r.Time(), r.Time()), cancellationToken);
                var next = await rows.NextResultAsync(r => r.Time(), cancellationToken);
                return new DueDeliveries(due, next.Count > 0 ? next[0] : null);
            },
            cancellationToken, ("channel", channel), ("now", now), ("limit", (long)limit));

    public static Task WriteAsync(LedgerSession session, string channel, IReadOnlyList<DeliveryUpdate> updates, CancellationToken cancellationToken)
    {
        var dialect = session.Dialect;
        var json = JsonRows.Of(updates, (to, u) =>
        {
            to.WriteString("alert_id", u.AlertId);
            to.WriteNumber("resolves", u.Resolves ? 1 : 0);
            to.WriteNumber("state", (int)u.State);
            to.WriteNumber("attempts", u.Attempted ? 1 : 0);
            dialect.WriteTime(to, "next_at", u.NextAt);
            to.WriteString("last_error", u.Error);
            if (u.State != DeliveryState.Pending) dialect.WriteTime(to, "ended_at", u.At);
        });
        return session.ExecuteAsync(
            $"""
            update deliveries as d set state = r.state, attempts = d.attempts + r.attempts, next_at = r.next_at, last_error = coalesce(r.last_error, d.last_error),
                ended_at = r.ended_at
            from {dialect.Rows(
                "@rows", "r", ("alert_id", "text"), ("resolves", "bigint"), ("state", "bigint"), ("attempts", "bigint"), ("next_at", "timestamp"),
                ("last_error", "text"), ("ended_at", "timestamp"))}
            where d.alert_id = r.alert_id and d.channel = @channel and d.resolves = (r.resolves = 1) and d.state = 0
            """,
            cancellationToken, ("rows", json), ("channel", channel));
    }

    public static Task DropAsync(LedgerSession session, string channel, DateTimeOffset now, CancellationToken cancellationToken) =>
        session.ExecuteAsync(
            $"update deliveries set state = {(int)DeliveryState.Dropped}, ended_at = @now where channel = @channel and state = 0", cancellationToken,
            ("channel", channel), ("now", now));

    private static Task DropAsync(LedgerSession session, string alertId, string channel, DateTimeOffset now, CancellationToken cancellationToken) =>
        session.ExecuteAsync(
            $"""
            update deliveries set state = {(int)DeliveryState.Dropped}, ended_at = @now
            where alert_id = @alert_id and channel = @channel and not resolves and state = 0
            """,
            cancellationToken, ("alert_id", alertId), ("channel", channel), ("now", now));

    public static Task<List<StoredDelivery>> ListAsync(LedgerSession session, string alertId, CancellationToken cancellationToken) =>
        session.ListAsync(
            "select channel, resolves, state, attempts, first_at, next_at, last_error, ended_at from deliveries where alert_id = @id order by channel, resolves",
            r => new StoredDelivery(r.Text(), r.Flag(), (DeliveryState)r.Long(), r.Int(), r.Time(), r.Time(), r.TextOrNull(), r.TimeOrNull()), cancellationToken,
            ("id", alertId));

    /// <summary>Makes all deliveries of an alert to these channels due, whatever became of them before; their 24 hours begin anew.</summary>
    public static async Task AgainAsync(
        LedgerSession session, Alert alert, IReadOnlyCollection<Channel> channels, DateTimeOffset now, CancellationToken cancellationToken)
    {
        foreach (var to in channels.GroupBy(c => c.ClosesIncident(alert)))
        {
            await session.ExecuteAsync(
                $"""
                update deliveries set state = 0, first_at = @now, next_at = @now, ended_at = null
                where alert_id = @id and resolves = @resolves and {session.Dialect.In("channel", "@channels")}
                """,
                cancellationToken, ("id", alert.Id), ("now", now), ("resolves", to.Key), ("channels", to.Select(c => c.Name).ToArray()));
        }

        await InsertAsync(session, [.. channels.Select(c => (alert.Id, c.Name, c.ClosesIncident(alert)))], now, cancellationToken);
    }

    private static string Json(IReadOnlyList<(string AlertId, string Channel, bool Resolves)> deliveries) => JsonRows.Of(deliveries, (to, delivery) =>
    {
        to.WriteString("alert_id", delivery.AlertId);
        to.WriteString("channel", delivery.Channel);
        to.WriteNumber("resolves", delivery.Resolves ? 1 : 0);
    });
}
