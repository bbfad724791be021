namespace BudgetEngine.Domain.Alerts;

/// <summary>
/// When a message that failed is tried again: soon at first, for somebody who only restarts, then ever more rarely for 24 hours after it was stored, as
/// Standard Webhooks 1.0.0 recommends.
/// </summary>
public static class RetrySchedule
{
    /// <summary>The last attempt is made at this age.</summary>
    public static readonly TimeSpan GiveUpAfter = TimeSpan.FromHours(24);

    /// <summary>Each pause is up to this much shorter or longer by chance, so that many messages do not come back at once.</summary>
    public const int JitterPercent = 10;

    private static readonly TimeSpan[] Pauses =
    [
        TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(15), TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(3), TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(30),
        TimeSpan.FromHours(1), TimeSpan.FromHours(2), TimeSpan.FromHours(4),
    ];

    /// <summary>The next attempt; null: given up.</summary>
    /// <param name="attempts">Made so far, at least 1.</param>
    /// <param name="firstAt">When the message was stored.</param>
    /// <param name="asked">What the other side asked for: never sooner than that.</param>
    /// <param name="chance">0 to 1,000.</param>
    public static DateTimeOffset? Next(int attempts, DateTimeOffset firstAt, DateTimeOffset now, TimeSpan? asked, int chance)
    {
        var last = firstAt + GiveUpAfter;
        if (now >= last) return null;
        var plain = Pauses[Math.Min(attempts, Pauses.Length) - 1];
        var pause = plain + new TimeSpan(plain.Ticks / 100 * JitterPercent * (2 * chance - 1_000) / 1_000);
        if (asked > pause) pause = asked.Value;
        return now + pause < last ? now + pause : last;
    }
}
