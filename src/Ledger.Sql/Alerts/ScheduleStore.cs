using BudgetEngine.Domain.Alerts;
using BudgetEngine.Ledger.Alerts;
using BudgetEngine.Ledger.Sql.Nodes;
using BudgetEngine.Ledger.Sql.Storage;

namespace BudgetEngine.Ledger.Sql.Alerts;

/// <summary>Schedules of summaries: each call one transaction.</summary>
internal sealed class ScheduleStore(LedgerDatabase database) : ILedgerSchedules
{
    private const string Select = "select name, cost_center, settings, next_at, last_at, updated_at, updated_by from schedules";

    /// <summary>Only as it was read: another process that has sent it moved its instant, and whoever changed it wants something else.</summary>
    private const string AsItWasRead = "name = @name and cost_center = @cost_center and settings = @settings and next_at = @due";

    public Task<IReadOnlyList<StoredSchedule>> ReadSchedulesAsync(CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<StoredSchedule>>(async s => await s.ListAsync($"{Select} order by name", Read, cancellationToken), cancellationToken);

    public Task<StoredSchedule?> ReadScheduleAsync(string name, CancellationToken cancellationToken) => database.ReadAsync(s => FindAsync(s, name, cancellationToken), cancellationToken);

    public Task<IReadOnlyList<StoredSchedule>> ReadDueSchedulesAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<StoredSchedule>>(
            async s => await s.ListAsync($"{Select} where next_at <= @now order by next_at, name limit @limit", Read, cancellationToken, ("now", now), ("limit", (long)limit)), cancellationToken);

    public Task<ScheduleWrite> PutScheduleAsync(Schedule schedule, DateTimeOffset nextAt, ShareClaim claim, AdminContext admin, CancellationToken cancellationToken) => database.WriteAsync(
        async s =>
        {
            await AdminWrites.BeginAtAsync(s, schedule.CostCenter, cancellationToken);
            var before = (await FindAsync(s, schedule.Name, cancellationToken))?.Schedule;
            if (before is not null && !before.IsWithin(claim.Within)) return ScheduleWrite.Taken;
            if (before is null && !claim.Shares.HasRoom(claim.Within, await s.ListAsync("select cost_center from schedules", r => r.TextOrNull(), cancellationToken))) return ScheduleWrite.TooMany;
            await s.ExecuteAsync(
                """
                insert into schedules as s (name, cost_center, settings, next_at, updated_at, updated_by) values (@name, @cost_center, @settings, @next_at, @updated_at, @updated_by)
                on conflict (name) do update
                set cost_center = excluded.cost_center, settings = excluded.settings, updated_at = excluded.updated_at, updated_by = excluded.updated_by,
                    next_at = case when s.cost_center = excluded.cost_center and s.settings = excluded.settings and s.next_at <= excluded.updated_at then s.next_at else excluded.next_at end
                """,
                cancellationToken, [.. Settings(schedule), ("next_at", nextAt), ("updated_at", admin.At), ("updated_by", admin.Actor)]);
            await AdminWrites.AuditAsync(s, admin, "schedule.put", schedule.CostCenter, Audited(before), Audited(schedule), cancellationToken);
            return before is null ? ScheduleWrite.Created : ScheduleWrite.Replaced;
        },
        cancellationToken);

    public Task<bool> DeleteScheduleAsync(string name, string? within, AdminContext admin, CancellationToken cancellationToken) => database.WriteAsync(
        async s =>
        {
            await AdminWrites.BeginAsync(s, cancellationToken);
            if ((await FindAsync(s, name, cancellationToken))?.Schedule is not { } before || !before.IsWithin(within)) return false;
            await s.ExecuteAsync("delete from schedules where name = @name", cancellationToken, ("name", name));
            await AdminWrites.AuditAsync(s, admin, "schedule.delete", before.CostCenter, Audited(before), null, cancellationToken);
            return true;
        },
        cancellationToken);

    public Task<IReadOnlyList<string>?> SendAsync(StoredSchedule due, Alert summary, DateTimeOffset nextAt, CancellationToken cancellationToken) => database.WriteAsync<IReadOnlyList<string>?>(
        async s =>
        {
            var moved = await s.ExecuteAsync(
                $"update schedules set next_at = @next_at, last_at = @now where {AsItWasRead}", cancellationToken,
                [.. Settings(due.Schedule), ("due", due.NextAt), ("next_at", nextAt), ("now", summary.At)]);
            if (moved == 0) return null;
            if ((await AlertTable.InsertAsync(s, [summary], cancellationToken)).Count == 0) return [];
            var channels = (await ChannelTable.ListAsync(s, cancellationToken)).Where(due.Schedule.GoesTo).Select(c => c.Name).ToList();
            if (channels.Count > 0) await DeliveryTable.InsertAsync(s, [.. channels.Select(c => (summary.Id, c, false))], summary.At, cancellationToken);
            return channels;
        },
        cancellationToken);

    public Task PutOffScheduleAsync(StoredSchedule due, DateTimeOffset until, CancellationToken cancellationToken) => database.WriteAsync(
        s => s.ExecuteAsync($"update schedules set next_at = @next_at where {AsItWasRead}", cancellationToken, [.. Settings(due.Schedule), ("due", due.NextAt), ("next_at", until)]), cancellationToken);

    private static Task<StoredSchedule?> FindAsync(LedgerSession session, string name, CancellationToken cancellationToken) =>
        session.FirstAsync<StoredSchedule>($"{Select} where name = @name", Read, cancellationToken, ("name", name));

    private static (string Name, object? Value)[] Settings(Schedule schedule) => [("name", schedule.Name), ("cost_center", schedule.CostCenter ?? ""), ("settings", ScheduleDocument.ToJson(schedule))];

    private static string? Audited(Schedule? schedule) => schedule is null ? null : ScheduleDocument.ToJson(schedule);

    private static StoredSchedule Read(RowReader r)
    {
        var (name, costCenter, settings) = (r.Text(), r.TextOrEmpty(), r.Text());
        return new StoredSchedule(ScheduleDocument.Read(name, costCenter, settings), r.Time(), r.TimeOrNull(), r.Time(), r.Text());
    }
}
