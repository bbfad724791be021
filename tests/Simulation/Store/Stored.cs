using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.Usage;
using BudgetEngine.Ledger.Records;

namespace BudgetEngine.Simulation.Store;

/// <summary>Values as they come back from a database: in UTC, to the microsecond.</summary>
internal static class Stored
{
    public static UsageRow Of(UsageRow row) => row with { Timestamp = Of(row.Timestamp), RecordedAt = Of(row.RecordedAt) };

    public static DurableHold Of(DurableHold hold) => hold with { CreatedAt = Of(hold.CreatedAt), Deadline = Of(hold.Deadline), Nodes = [.. hold.Nodes], Epochs = [.. hold.Epochs] };

    public static Increase Of(Increase increase) => increase with { Until = Of(increase.Until), At = Of(increase.At) };

    public static Pause Of(Pause pause) => pause with { Until = pause.Until is { } until ? Of(until) : null, At = Of(pause.At) };

    // Rounded down, also before 1970: ticks of DateTime are never negative.
    public static DateTimeOffset Of(DateTimeOffset time) => new(time.UtcTicks - time.UtcTicks % TimeSpan.TicksPerMicrosecond, TimeSpan.Zero);
}
