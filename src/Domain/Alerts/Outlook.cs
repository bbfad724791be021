using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Reports;
using BudgetEngine.Domain.Windows;

namespace BudgetEngine.Domain.Alerts;

/// <summary>Where spend is going: forecasts and spikes, from balances alone.</summary>
public static class Outlook
{
    /// <summary>Before this part of a window has passed its pace says nothing.</summary>
    public const decimal MinElapsed = 0.1m;

    /// <summary>Today is a spike above this many times the whole of yesterday.</summary>
    public const decimal SpikeFactor = 1.5m;

    /// <summary>
    /// Spend at the end of a window, the one formula of alerts, reports and pages: of a week or a month at the pace of the last days, of a day at its own pace so far, since no day
    /// of it has ended. Null of <c>total</c>, which never ends.
    /// </summary>
    /// <param name="recent">Null: not known; then a week or a month goes by its own pace too.</param>
    public static SpendForecast? Forecast(
        Period period, Money spent, Money limit, DateTimeOffset start, DateTimeOffset? end, DateTimeOffset now, SpendPace? recent) => period switch
        {
            Period.Daily => Forecast(spent, limit, start, end, now),
            Period.Weekly or Period.Monthly => recent is null ? Forecast(spent, limit, start, end, now) : Forecast(spent, limit, end, now, recent),
            _ => null,
        };

    /// <summary>
    /// Spend at the end of the window if it goes on as it did on average since the window began: <c>spent / elapsed x length</c>. Null before
    /// <see cref="MinElapsed"/>, after the end, and without any spend.
    /// </summary>
    public static SpendForecast? Forecast(Money spent, Money limit, DateTimeOffset start, DateTimeOffset? end, DateTimeOffset now)
    {
        if (end is not { } ends || now >= ends || !spent.IsPositive) return null;
        var (elapsed, length) = (now.UtcTicks - start.UtcTicks, ends.UtcTicks - start.UtcTicks);
        if (elapsed < length * MinElapsed) return null;
        var amount = Money.Saturated((Int128)spent.Nanos * length / elapsed);
        var needed = limit > spent ? (Int128)(limit - spent).Nanos * elapsed / spent.Nanos : 0;
        return new SpendForecast(amount, limit > spent && needed < ends.UtcTicks - now.UtcTicks ? now.AddTicks((long)needed) : null);
    }

    /// <summary>
    /// Spend at the end of the window if what is left of it goes on at a recent pace: <c>spent + per day x days left</c>. Null after the end, and without any spend.
    /// </summary>
    public static SpendForecast? Forecast(Money spent, Money limit, DateTimeOffset? end, DateTimeOffset now, SpendPace pace)
    {
        if (end is not { } ends || now >= ends || !spent.IsPositive) return null;
        var left = ends.UtcTicks - now.UtcTicks;
        var amount = Money.Saturated(spent.Nanos + (Int128)pace.PerDay.Nanos * left / TimeSpan.TicksPerDay);
        if (limit <= spent || !pace.PerDay.IsPositive) return new SpendForecast(amount, null, pace.Days);
        var needed = (Int128)(limit - spent).Nanos * TimeSpan.TicksPerDay / pace.PerDay.Nanos;
        return new SpendForecast(amount, needed < left ? now.AddTicks((long)needed) : null, pace.Days);
    }

    /// <summary>Without any spend yesterday there is nothing to compare with.</summary>
    public static bool IsSpike(Money today, Money yesterday, Money floor) =>
        yesterday.IsPositive && today > floor && today.Nanos > yesterday.Nanos * SpikeFactor;

    /// <summary>The spend per day at which the limit holds until the window ends, on its last day what is left; null when it ended, never ends, or is spent.</summary>
    public static Money? SafePerDay(Money spent, Money limit, DateTimeOffset? end, DateTimeOffset now)
    {
        if (end is not { } ends || now >= ends || spent >= limit) return null;
        var left = ends.UtcTicks - now.UtcTicks;
        return left <= TimeSpan.TicksPerDay ? limit - spent : Money.Saturated((Int128)(limit - spent).Nanos * TimeSpan.TicksPerDay / left);
    }
}
