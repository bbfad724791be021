namespace BudgetEngine.SimulatedSilo.Activations;

/// <summary>When an activation was last used, in ages of its silo, and until when it wants to be kept all the same.</summary>
internal struct Idleness(int age)
{
    private long _keepUntil;
    private int _lastUsed = age;

    internal void Touch(int age) => _lastUsed = age;

    internal void KeepFor(TimeSpan span, TimeProvider time)
    {
        var until = span == TimeSpan.MaxValue || span == Timeout.InfiniteTimeSpan ? long.MaxValue
            : span <= TimeSpan.Zero ? 0
            : time.GetUtcNow().UtcTicks + span.Ticks;
        Volatile.Write(ref _keepUntil, until);
    }

    internal readonly bool HasLasted(int ages, int age, long now) => age - _lastUsed >= ages && _keepUntil <= now;
}
