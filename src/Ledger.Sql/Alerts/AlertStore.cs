using BudgetEngine.Domain;

namespace BudgetEngine.Ledger;

/// <summary>Alerts, deliveries, channels: each method one transaction.</summary>
internal sealed class AlertStore(LedgerDatabase database) : ILedgerAlerts
{
    public Task<LookResult> LookAsync(IReadOnlyList<Look> looks, AlertContext context, CancellationToken cancellationToken) =>
        looks.Count == 0
            ? Task.FromResult(LookResult.Nothing)
            : database.WriteAsync(s => new AlertLook(new SqlLook(s), context).LookAsync(looks, cancellationToken), cancellationToken);

    public Task<LookResult> SweepAsync(IReadOnlyList<Look> told, int limit, AlertContext context, CancellationToken cancellationToken) =>
        database.WriteAsync(s => new AlertLook(new SqlLook(s), context).SweepAsync(told, limit, cancellationToken), cancellationToken);

    public Task<IReadOnlyList<string>> ReadDueChannelsAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<string>>(async s => await DeliveryTable.DueChannelsAsync(s, now, limit, cancellationToken), cancellationToken);

    public Task<DueDeliveries> ReadDueAsync(string channel, DateTimeOffset now, int limit, CancellationToken cancellationToken) =>
        database.ReadAsync(s => DeliveryTable.DueAsync(s, channel, now, limit, cancellationToken), cancellationToken);

    public Task WriteAttemptsAsync(string channel, IReadOnlyList<DeliveryUpdate> updates, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async s =>
            {
                await DeliveryTable.WriteAsync(s, channel, updates, cancellationToken);
                return true;
            },
            cancellationToken);

    public Task HurryAsync(string channel, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.WriteAsync(
            s => s.ExecuteAsync(
                "update deliveries set next_at = @now where channel = @channel and state = 0 and next_at > @now and attempts > 0", cancellationToken, ("now", now),
                ("channel", channel)),
            cancellationToken);

    public Task<IReadOnlyList<string>> DisableChannelAsync(string channel, string reason, AlertContext context, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async s => await ChannelTable.DisableAsync(s, channel, reason, context.Now, cancellationToken)
                ? await TellDeadAsync(s, channel, reason, context, cancellationToken)
                : [],
            cancellationToken);

    public Task<IReadOnlyList<string>> TellDeadAsync(string channel, string reason, AlertContext context, CancellationToken cancellationToken) =>
        database.WriteAsync(s => TellDeadAsync(s, channel, reason, context, cancellationToken), cancellationToken);

    public Task<IReadOnlyList<Channel>> ReadChannelsAsync(CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<Channel>>(async s => await ChannelTable.ListAsync(s, cancellationToken), cancellationToken);

    public Task<Channel?> ReadChannelAsync(string name, CancellationToken cancellationToken) =>
        database.ReadAsync(s => ChannelTable.FindAsync(s, name, cancellationToken), cancellationToken);

    public Task<ChannelWrite> PutChannelAsync(Channel channel, string? within, AdminContext admin, CancellationToken cancellationToken) =>
        database.WriteAsync(s => ChannelTable.PutAsync(s, channel, within, admin, cancellationToken), cancellationToken);

    public Task<bool> DeleteChannelAsync(string name, string? within, AdminContext admin, CancellationToken cancellationToken) =>
        database.WriteAsync(s => ChannelTable.DeleteAsync(s, name, within, admin, cancellationToken), cancellationToken);

    public Task<bool> InsertTestAsync(Alert alert, string channel, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async s =>
            {
                // In turn with the writes of channels: nothing is left to be told to one that is gone.
                await AdminWrites.BeginAsync(s, cancellationToken);
                if (await ChannelTable.FindAsync(s, channel, cancellationToken) is not { Disabled: null }) return false;
                await AlertTable.InsertAsync(s, [alert], cancellationToken);
                await DeliveryTable.InsertAsync(s, [(alert.Id, channel, false)], alert.At, cancellationToken);
                return true;
            },
            cancellationToken);

    public Task<IReadOnlyList<StoredAlert>> ReadAlertsAsync(string? under, DateTimeOffset? since, long? before, int limit, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<StoredAlert>>(async s => await AlertTable.ListAsync(s, under, since, before, limit, cancellationToken), cancellationToken);

    public Task<IReadOnlyList<StoredAlert>> ReadOwnAlertsAsync(string costCenter, int limit, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<StoredAlert>>(async s => await AlertTable.ListOwnAsync(s, costCenter, limit, cancellationToken), cancellationToken);

    public Task<StoredAlert?> ReadAlertAsync(string id, CancellationToken cancellationToken) =>
        database.ReadAsync(s => AlertTable.FindAsync(s, id, cancellationToken), cancellationToken);

    public Task<IReadOnlyList<StoredDelivery>> ReadDeliveriesAsync(string alertId, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<StoredDelivery>>(async s => await DeliveryTable.ListAsync(s, alertId, cancellationToken), cancellationToken);

    public Task<IReadOnlyList<string>> RedeliverAsync(string alertId, string? within, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.WriteAsync<IReadOnlyList<string>>(
            async s =>
            {
                if (await AlertTable.FindAsync(s, alertId, cancellationToken) is not { } stored) return [];
                var told = (await DeliveryTable.ListAsync(s, alertId, cancellationToken)).Select(d => d.Channel).ToHashSet(StringComparer.Ordinal);
                var known = await ChannelTable.ListAsync(s, cancellationToken);
                var channels = known.Where(c => c.Disabled is null && c.IsWithin(within) && (told.Contains(c.Name) || c.Takes(stored.Alert))).ToList();
                if (channels.Count > 0) await DeliveryTable.AgainAsync(s, stored.Alert, channels, now, cancellationToken);
                return [.. channels.Select(c => c.Name)];
            },
            cancellationToken);

    public Task<IReadOnlyList<SpentSince>> ReadSpentSinceAsync(IReadOnlyList<string> costCenters, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<SpentSince>>(
            async s => await s.ListAsync(
                $"""
                select cost_center, user_name, period, window_date, changed_at from
                    (select cost_center, user_name, period, window_date, changed_at,
                        row_number() over (partition by cost_center, period order by window_date desc) as place
                    from threshold_marks
                    where {s.Dialect.In("cost_center", "@paths")} and user_name = '' and at = {Money.NanosPerUnit} and fired) newest
                where place = 1 order by cost_center, period
                """,
                r => new SpentSince(r.Text(), r.TextOrEmpty(), (Period)r.Long(), r.Date(), r.Time()), cancellationToken, ("paths", costCenters.ToArray())),
            cancellationToken);

    public Task<SpendFacts> ReadSpendFactsAsync(string costCenter, DateOnly date, CancellationToken cancellationToken) =>
        database.ReadAsync(
            async s => (await SpendTables.ReadAsync(s, [(costCenter, date)], cancellationToken)).GetValueOrDefault(costCenter, SpendFacts.None), cancellationToken);

    public Task<int> ForgetAlertsAsync(DateTimeOffset before, int limit, CancellationToken cancellationToken) =>
        database.WriteAsync(s => AlertTable.ForgetAsync(s, before, limit, cancellationToken), cancellationToken);

    public Task<StoredState?> ReadStateAsync(string grain, CancellationToken cancellationToken) =>
        database.ReadAsync(
            s => s.FirstAsync<StoredState>(
                "select state, etag from grain_states where grain = @grain", r => new StoredState(r.Text(), r.Long()), cancellationToken, ("grain", grain)),
            cancellationToken);

    public Task<long?> WriteStateAsync(string grain, string state, long etag, CancellationToken cancellationToken) =>
        database.WriteAsync<long?>(
            async s =>
            {
                var written = etag == 0
                    ? await s.ExecuteAsync(
                        "insert into grain_states (grain, state, etag) values (@grain, @state, 1) on conflict (grain) do nothing", cancellationToken, ("grain", grain),
                        ("state", state))
                    : await s.ExecuteAsync(
                        "update grain_states set state = @state, etag = etag + 1 where grain = @grain and etag = @etag", cancellationToken, ("grain", grain),
                        ("state", state), ("etag", etag));
                return written == 1 ? etag + 1 : null;
            },
            cancellationToken);

    public Task<bool> ClearStateAsync(string grain, long etag, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async s => await s.ExecuteAsync("delete from grain_states where grain = @grain and etag = @etag", cancellationToken, ("grain", grain), ("etag", etag)) == 1,
            cancellationToken);

    private static async Task<IReadOnlyList<string>> TellDeadAsync(
        LedgerSession s, string name, string reason, AlertContext context, CancellationToken cancellationToken)
    {
        var known = await ChannelTable.ListAsync(s, cancellationToken);
        var under = known.FirstOrDefault(c => c.Name == name)?.Under ?? "";
        var today = context.CalendarOf(under).DateOf(context.Now);
        var alert = new Alert(AlertIds.Of(AlertType.ChannelDead, under, null, today, name), AlertType.ChannelDead, under, null, context.Now)
            .On(today, context) with { Detail = $"{name}: {reason}" };
        if ((await AlertTable.InsertAsync(s, [alert], cancellationToken)).Count == 0) return [];
        var others = known.Where(c => c.Name != name && c.Takes(alert)).Select(c => c.Name).ToList();
        if (others.Count > 0) await DeliveryTable.InsertAsync(s, [.. others.Select(c => (alert.Id, c, false))], context.Now, cancellationToken);
        return others;
    }
}
