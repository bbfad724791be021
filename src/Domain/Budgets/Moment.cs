namespace BudgetEngine.Domain.Budgets;

/// <summary>One instant on both clocks: the server's time, which is told and stored, and the monotonic one, on which deadlines run.</summary>
/// <param name="MonotonicTicks">Monotonic, in ticks of 100 ns from an arbitrary start.</param>
public readonly record struct Moment(DateTimeOffset Utc, long MonotonicTicks)
{
    public static Moment Of(TimeProvider clock) => new(clock.GetUtcNow(), clock.GetElapsedTime(0, clock.GetTimestamp()).Ticks);
}
