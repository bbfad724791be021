namespace BudgetEngine.Domain.Budgets;

/// <summary>
/// What one account has counted in the last minute, by the second: the second under way and the 60 before it. Any 60 s up to an instant lie within these 61
/// seconds, so what is let through by them is never more than the limit in any minute. 61 numbers, however much is counted.
/// </summary>
internal sealed class MinuteCounter
{
    /// <summary>The second under way, and a whole minute before it.</summary>
    public const int Seconds = 61;

    private readonly long[] _bySecond = new long[Seconds];
    private long _second = long.MinValue;
    private long _sum;

    /// <summary>What is counted in the minute that ends now.</summary>
    public long Used(Moment now)
    {
        Advance(now);
        return _sum;
    }

    /// <summary>Counts.</summary>
    /// <returns>The second that it is counted in.</returns>
    public long Add(long count, Moment now)
    {
        Advance(now);
        Change(_second, count);
        return _second;
    }

    /// <summary>Changes what was counted in a second. It changes nothing any more once that second is over by a minute.</summary>
    public void Correct(long second, long change, Moment now)
    {
        Advance(now);
        if (second > _second - Seconds) Change(second, change);
    }

    /// <summary>How long to wait until so much more fits under the limit, if nothing else is counted meanwhile. Null: it never fits.</summary>
    public TimeSpan? FitsAfter(long count, long limit, Moment now)
    {
        if (count > limit) return null;
        var tooMuch = Used(now) + count - limit;
        for (var second = _second - Seconds + 1; tooMuch > 0; second++)
        {
            tooMuch -= _bySecond[Place(second)];
            if (tooMuch <= 0) return new TimeSpan((second + Seconds) * TimeSpan.TicksPerSecond - now.MonotonicTicks);
        }

        return TimeSpan.Zero;
    }

    /// <summary>Forgets the seconds that are over by a minute.</summary>
    private void Advance(Moment now)
    {
        var second = Math.DivRem(now.MonotonicTicks, TimeSpan.TicksPerSecond).Quotient;
        if (second <= _second) return;
        if (_second == long.MinValue || second - _second >= Seconds)
        {
            Array.Clear(_bySecond);
            _sum = 0;
        }
        else
        {
            for (var passed = _second + 1; passed <= second; passed++) Change(passed, -_bySecond[Place(passed)]);
        }

        _second = second;
    }

    private void Change(long second, long change)
    {
        _bySecond[Place(second)] += change;
        _sum += change;
    }

    private static int Place(long second) => (int)((second % Seconds + Seconds) % Seconds);
}
