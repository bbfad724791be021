namespace BudgetEngine.TestKit.Waiting;

/// <summary>Times of records that are booked today by UTC, also in the first minutes of a day.</summary>
public static class Today
{
    /// <summary>So long ago, but not before the day began.</summary>
    public static DateTimeOffset Ago(TimeSpan time)
    {
        var now = TimeProvider.System.GetUtcNow();
        var began = new DateTimeOffset(now.UtcDateTime.Date, TimeSpan.Zero);
        return now - began < time ? began : now - time;
    }
}
