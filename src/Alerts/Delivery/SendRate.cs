using BudgetEngine.Domain.Alerts;
using BudgetEngine.Domain.Budgets;

namespace BudgetEngine.Alerts.Delivery;

/// <summary>At most so many messages in a time, evenly spaced: the limits that chat systems state, with room to spare.</summary>
public sealed class SendRate(TimeProvider clock)
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private long _nextTicks;

    /// <summary>The pause between two messages of a channel of this type.</summary>
    public static TimeSpan SpacingOf(ChannelType type, AlertOptions options) => type switch
    {
        ChannelType.Webhook => Second / options.WebhookRate,
        // 5 in 2 s per webhook.
        ChannelType.Discord => TimeSpan.FromMilliseconds(500),
        // 20 a minute in a group.
        ChannelType.Telegram => 3 * Second,
        ChannelType.PagerDuty => TimeSpan.FromMilliseconds(500),
        _ => Second,
    };

    /// <summary>Waits until the next message may go.</summary>
    public async Task WaitAsync(TimeSpan spacing)
    {
        var now = Moment.Of(clock).MonotonicTicks;
        var at = Math.Max(now, _nextTicks);
        _nextTicks = at + spacing.Ticks;
        // A small burst is sent at once: timers are coarser than such a pause.
        if (at - now > Second.Ticks / 50) await Task.Delay(new TimeSpan(at - now), clock);
    }
}
