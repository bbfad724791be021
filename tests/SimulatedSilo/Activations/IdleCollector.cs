using BudgetEngine.SimulatedSilo.Hosting;

namespace BudgetEngine.SimulatedSilo.Activations;

/// <summary>
/// Ends what nobody uses. Time is counted in looks ("ages"): an activation notes the age at its last use, so that no call has to
/// read a clock. The timer runs only while there are activations, or a simulation would never come to rest.
/// </summary>
internal sealed class IdleCollector : IDisposable
{
    private readonly InProcessSilo _silo;
    private readonly ITimer _timer;
    private readonly int _maxAge;
    private int _armed;
    private int _age;
    private int _count;

    internal IdleCollector(InProcessSilo silo)
    {
        _silo = silo;
        _timer = silo.Time.CreateTimer(static state => ((IdleCollector)state!).Look(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        // One more, since the age in which the last use fell has not lasted a whole interval.
        _maxAge = 1 + (int)Math.Ceiling(silo.Options.IdleAge / silo.Options.CollectionInterval);
    }

    internal int Age => Volatile.Read(ref _age);

    internal int Count => Volatile.Read(ref _count);

    internal void OnAdded()
    {
        Interlocked.Increment(ref _count);
        Arm();
    }

    internal void OnRemoved() => Interlocked.Decrement(ref _count);

    public void Dispose() => _timer.Dispose();

    private void Arm()
    {
        if (Volatile.Read(ref _armed) != 0 || Interlocked.Exchange(ref _armed, 1) != 0) return;
        _timer.Change(_silo.Options.CollectionInterval, Timeout.InfiniteTimeSpan);
    }

    private void Look()
    {
        Interlocked.Increment(ref _age);
        Collect(_maxAge, int.MaxValue, new(DeactivationReasonCode.ActivationIdle, "Nothing has called the grain for a while."));
        var tooMany = Count - _silo.Options.MaxActivations;
        for (var age = _maxAge - 1; age > 0 && tooMany > 0; age--)
        {
            tooMany -= Collect(age, tooMany, new(DeactivationReasonCode.HighMemoryPressure, "There are more activations than the limit allows."));
        }

        Volatile.Write(ref _armed, 0);
        if (Count > 0) Arm();
    }

    private int Collect(int age, int atMost, in DeactivationReason reason)
    {
        var now = _silo.Time.GetUtcNow().UtcTicks;
        var collected = 0;
        foreach (var activation in _silo.Activations)
        {
            if (activation.TryCollect(age, now, reason) && ++collected == atMost) break;
        }

        return collected;
    }
}
