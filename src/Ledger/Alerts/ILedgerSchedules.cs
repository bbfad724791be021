using BudgetEngine.Domain.Alerts;

namespace BudgetEngine.Ledger.Alerts;

/// <summary>Schedules of summaries, and when each is due.</summary>
public interface ILedgerSchedules
{
    /// <summary>By name.</summary>
    Task<IReadOnlyList<StoredSchedule>> ReadSchedulesAsync(CancellationToken cancellationToken);

    Task<StoredSchedule?> ReadScheduleAsync(string name, CancellationToken cancellationToken);

    /// <summary>Stores a schedule as it is now. What it has sent already is not sent again, and one that is due and put again as it is stays due.</summary>
    /// <param name="claim">The writer's subtree, outside of which no schedule is replaced, and how many there may be.</param>
    Task<ScheduleWrite> PutScheduleAsync(Schedule schedule, DateTimeOffset nextAt, ShareClaim claim, AdminContext admin, CancellationToken cancellationToken);

    /// <summary>False when there was none within the writer's subtree.</summary>
    Task<bool> DeleteScheduleAsync(string name, string? within, AdminContext admin, CancellationToken cancellationToken);

    /// <summary>Those that are due, the longest waiting first.</summary>
    Task<IReadOnlyList<StoredSchedule>> ReadDueSchedulesAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken);

    /// <summary>
    /// Stores a summary with its deliveries to the schedule's channels as they are now, and when the next one is due: all or nothing, and only if the schedule is still as it was read. A
    /// summary that is there already is not sent again.
    /// </summary>
    /// <returns>The channels that have something new to tell; null: another process was first, or the schedule was changed.</returns>
    Task<IReadOnlyList<string>?> SendAsync(StoredSchedule due, Alert summary, DateTimeOffset nextAt, CancellationToken cancellationToken);

    /// <summary>Puts it off, unless another process was first or the schedule was changed.</summary>
    Task PutOffScheduleAsync(StoredSchedule due, DateTimeOffset until, CancellationToken cancellationToken);
}

/// <param name="NextAt">When its next summary is due.</param>
/// <param name="LastAt">When it sent the last one; null: none yet.</param>
public sealed record StoredSchedule(Schedule Schedule, DateTimeOffset NextAt, DateTimeOffset? LastAt, DateTimeOffset UpdatedAt, string UpdatedBy);

/// <summary>What became of the write of a schedule.</summary>
public enum ScheduleWrite
{
    Unknown = 0,
    Created,
    Replaced,

    /// <summary>The name is that of a schedule outside of the writer's subtree.</summary>
    Taken,

    /// <summary>There are as many already as there may be, or as the writer may have.</summary>
    TooMany,
}
