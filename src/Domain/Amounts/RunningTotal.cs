namespace BudgetEngine.Domain.Amounts;

/// <summary>A sum that many threads add to. It saturates as sums of <see cref="Money"/> do: a counter that wraps would begin again below zero.</summary>
public sealed class RunningTotal
{
    private long _nanos;

    public Money Value => new(Volatile.Read(ref _nanos));

    public void Add(Money amount)
    {
        var seen = Volatile.Read(ref _nanos);
        while (true)
        {
            var found = Interlocked.CompareExchange(ref _nanos, (new Money(seen) + amount).Nanos, seen);
            if (found == seen) return;
            seen = found;
        }
    }
}
