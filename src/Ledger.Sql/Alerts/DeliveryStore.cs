using BudgetEngine.Domain;

namespace BudgetEngine.Ledger;

/// <summary>What a notifier reads and writes: each call one transaction.</summary>
internal sealed class DeliveryStore(LedgerDatabase database) : ILedgerDeliveries
{
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
