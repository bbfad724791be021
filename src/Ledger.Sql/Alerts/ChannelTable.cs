using BudgetEngine.Domain.Alerts;
using BudgetEngine.Ledger.Alerts;
using BudgetEngine.Ledger.Sql.Nodes;
using BudgetEngine.Ledger.Sql.Storage;

namespace BudgetEngine.Ledger.Sql.Alerts;

/// <summary>Where alerts go.</summary>
internal static class ChannelTable
{
    private const string Columns = "name, type, under, settings, disabled_reason, disabled_at";

    public static Task<List<Channel>> ListAsync(LedgerSession session, CancellationToken cancellationToken) =>
        session.ListAsync($"select {Columns} from channels order by name", Read, cancellationToken);

    public static Task<Channel?> FindAsync(LedgerSession session, string name, CancellationToken cancellationToken) =>
        session.FirstAsync<Channel>($"select {Columns} from channels where name = @name", Read, cancellationToken, ("name", name));

    public static async Task<ChannelWrite> PutAsync(LedgerSession session, Channel channel, ShareClaim claim, AdminContext admin, CancellationToken cancellationToken)
    {
        await AdminWrites.BeginAtAsync(session, channel.Under, cancellationToken);
        var before = await FindAsync(session, channel.Name, cancellationToken);
        if (before is not null && !before.IsWithin(claim.Within)) return ChannelWrite.Taken;
        if (before is null && !claim.Shares.HasRoom(claim.Within, await session.ListAsync("select under from channels", r => r.TextOrNull(), cancellationToken))) return ChannelWrite.TooMany;

        await session.ExecuteAsync(
            """
            insert into channels (name, type, under, settings, updated_at, updated_by) values (@name, @type, @under, @settings, @updated_at, @updated_by)
            on conflict (name) do update
            set type = excluded.type, under = excluded.under, settings = excluded.settings, disabled_reason = null, disabled_at = null,
                updated_at = excluded.updated_at, updated_by = excluded.updated_by
            """,
            cancellationToken, ("name", channel.Name), ("type", (long)channel.Type), ("under", channel.Under ?? ""), ("settings", ChannelDocument.ToJson(channel)),
            ("updated_at", admin.At), ("updated_by", admin.Actor));
        await AdminWrites.AuditAsync(session, admin, "channel.put", channel.Under, Audited(before), Audited(channel), cancellationToken);
        return before is null ? ChannelWrite.Created : ChannelWrite.Replaced;
    }

    public static async Task<bool> DeleteAsync(LedgerSession session, string name, string? within, AdminContext admin, CancellationToken cancellationToken)
    {
        await AdminWrites.BeginAsync(session, cancellationToken);
        if (await FindAsync(session, name, cancellationToken) is not { } before || !before.IsWithin(within)) return false;
        await session.ExecuteAsync("delete from channels where name = @name", cancellationToken, ("name", name));
        await DeliveryTable.DropAsync(session, name, admin.At, cancellationToken);
        await AdminWrites.AuditAsync(session, admin, "channel.delete", before.Under, Audited(before), null, cancellationToken);
        return true;
    }

    /// <summary>Switches a channel off that still sends where it did when its receiver was found gone.</summary>
    /// <returns>False when it is off already, gone, or sends elsewhere since.</returns>
    public static async Task<bool> DisableAsync(LedgerSession session, Channel sentTo, string reason, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var name = sentTo.Name;
        // Locked: whoever replaces the channel comes before this look at it, or after the end of this transaction, and puts it in use again.
        var known = await session.FirstAsync<Channel>(
            $"select {Columns} from channels where name = @name {session.Dialect.ForUpdate}", Read, cancellationToken, ("name", name));
        if (known is not null && !known.SendsLike(sentTo)) return false;
        var changed = await session.ExecuteAsync(
            "update channels set disabled_reason = @reason, disabled_at = @now where name = @name and disabled_at is null", cancellationToken, ("name", name),
            ("reason", reason), ("now", now));
        await DeliveryTable.DropAsync(session, name, now, cancellationToken);
        return changed > 0;
    }

    private static string? Audited(Channel? channel) => channel is null ? null : ChannelDocument.ToAudit(channel);

    private static Channel Read(RowReader r)
    {
        var (name, type, under, settings) = (r.Text(), (ChannelType)r.Long(), r.TextOrEmpty(), r.Text());
        var (reason, at) = (r.TextOrNull(), r.TimeOrNull());
        return ChannelDocument.Read(settings).ToChannel(name, under, type, at is { } since ? new ChannelDisabled(reason ?? "", since) : null);
    }
}
