using BudgetEngine.Alerts.Delivery;
using BudgetEngine.Domain.Alerts;
using BudgetEngine.Grains.Interfaces.Alerts;

namespace BudgetEngine.Grains.Alerts;

/// <summary>How a channel is doing, kept in the notifier's own storage. Losing it costs a repeated probe or a message that is not collected.</summary>
internal sealed class ChannelHealth(IPersistentState<NotifierState> state, TimeProvider clock)
{
    /// <summary>What is told often is not written each time; a failure, a pause and a recovery are.</summary>
    private static readonly TimeSpan SaveEvery = TimeSpan.FromSeconds(10);

    /// <summary>While a channel fails, one message is tried after each of these pauses; each delivery keeps its own schedule besides.</summary>
    private static readonly TimeSpan[] Pauses = [TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(15), TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(5)];

    /// <summary>A failure that lasted less is one message's own.</summary>
    private static readonly TimeSpan BackAfter = TimeSpan.FromMinutes(1);

    private bool _changed;
    private DateTimeOffset _savedAt;

    private NotifierState State => state.State;

    public bool IsFailing => State.FailuresInARow > 0;

    public DateTimeOffset? PausedUntil(DateTimeOffset now) => State.PausedUntil > now ? State.PausedUntil : null;

    public bool IsDead(TimeSpan after) => !State.DeadReported && State.FailingSince is { } since && clock.GetUtcNow() - since >= after;

    public void DeadReported()
    {
        State.DeadReported = true;
        _changed = true;
    }

    public NotifierView View() => new(State.LastSentAt, State.FailuresInARow, State.FailingSince, State.LastError, State.PausedUntil, State.Sent);

    /// <summary>What people were told within the time of collecting.</summary>
    public IReadOnlyDictionary<string, LastSent> Told(DateTimeOffset now)
    {
        foreach (var old in State.Told.Where(t => t.Value.At + MessagePlan.CollectFor <= now).Select(t => t.Key).ToList()) State.Told.Remove(old);
        return State.Told.ToDictionary(t => t.Key, t => new LastSent(t.Value.At, t.Value.Height), StringComparer.Ordinal);
    }

    /// <summary>The channel sends elsewhere: that the old address failed, and asked for time, is nothing to the new one.</summary>
    public void Forget()
    {
        (State.FailuresInARow, State.FailingSince, State.PausedUntil, State.DeadReported, State.LastError) = (0, null, null, false, null);
        _changed = true;
    }

    /// <param name="now">When the attempt ended.</param>
    /// <returns>True when the channel is back after it was out of reach for a while.</returns>
    public bool Note(ChannelType type, PlannedMessage message, SendOutcome outcome, DateTimeOffset now)
    {
        if (outcome.Result == SendResult.Failed)
        {
            State.FailuresInARow++;
            State.FailingSince ??= now;
            State.LastError = outcome.Error;
            var pause = Pauses[Math.Min(State.FailuresInARow, Pauses.Length) - 1];
            State.PausedUntil = now + (outcome.RetryAfter ?? pause);
            _changed = true;
            return false;
        }

        // Refused is an answer too: the other side is there.
        var back = State.FailingSince is { } since && now - since >= BackAfter;
        _changed |= State.FailuresInARow > 0;
        (State.FailuresInARow, State.FailingSince, State.PausedUntil, State.DeadReported) = (0, null, null, false);
        if (outcome.Result != SendResult.Sent)
        {
            State.LastError = outcome.Error;
            _changed = true;
            return back;
        }

        State.Sent++;
        State.LastSentAt = now;
        // Programs are told everything at once: what they were told last is not asked, and may be thousands.
        // A summary is no reason to hold an alert back.
        if (!ChannelTypes.CollectsForPeople(type) || message.Deliveries[0].Alert.Type == AlertType.SpendSummary) return back;
        var height = MessagePlan.HeightOf(message.Deliveries[0]);
        if (State.Told.TryGetValue(message.CostCenter, out var last)) height = Math.Max(height, last.Height);
        State.Told[message.CostCenter] = new SentState { At = now, Height = height };
        return back;
    }

    /// <summary>Another activation may have written meanwhile; either value will do.</summary>
    public async Task SaveAsync()
    {
        var now = clock.GetUtcNow();
        if (!_changed && now - _savedAt < SaveEvery) return;
        try
        {
            await state.WriteStateAsync();
        }
        catch (OrleansException)
        {
            await state.ReadStateAsync();
        }

        (_changed, _savedAt) = (false, now);
    }
}
