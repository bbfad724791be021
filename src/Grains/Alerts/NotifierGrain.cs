using BudgetEngine.Alerts.Delivery;
using BudgetEngine.Domain.Alerts;
using BudgetEngine.Domain.Tracing;
using BudgetEngine.Grains.Interfaces.Alerts;
using BudgetEngine.Ledger.Alerts;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Orleans.Streams;
using Orleans.Streams.Core;

namespace BudgetEngine.Grains.Alerts;

/// <summary>
/// Works off what the ledger has stored for one channel, whenever it is rung: by whoever stored it, or by the sweep for what is due. It keeps nothing that
/// matters: a delivery is done when the ledger says so, so every message arrives at least once whatever restarts.
/// </summary>
[ImplicitStreamSubscription(AlertStreams.Namespace)]
[Reentrant]
public sealed partial class NotifierGrain(
    IGrainContext context, [PersistentState("notifier", AlertStreams.StateStorage)] IPersistentState<NotifierState> state, NotifierServices services)
    : Grain(context), INotifierGrain, IStreamSubscriptionObserver, IAsyncObserver<AlertRing>
{
    /// <summary>Deliveries read at once.</summary>
    private const int MaxDue = 200;

    private ChannelHealth _health = null!;
    private SendRate _rate = null!;

    /// <summary>As it was in the last round.</summary>
    private Channel? _last;
    private bool _rung;
    private bool _working;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _health = new ChannelHealth(state, services.Clock);
        _rate = new SendRate(services.Clock);
        return Task.CompletedTask;
    }

    public async Task OnSubscribed(IStreamSubscriptionHandleFactory handleFactory) => await handleFactory.Create<AlertRing>().ResumeAsync(this);

    public Task OnNextAsync(AlertRing item, StreamSequenceToken? token = null)
    {
        _rung = true;
        if (!_working) _ = WorkAsync();
        return Task.CompletedTask;
    }

    public Task OnCompletedAsync() => Task.CompletedTask;

    public Task OnErrorAsync(Exception ex) => Task.CompletedTask;

    public Task<NotifierView> View(NotifierViewRequest request) => Task.FromResult(_health.View());

    private async Task WorkAsync()
    {
        _working = true;
        try
        {
            while (_rung)
            {
                _rung = false;
                while (await RoundAsync())
                {
                }
            }
        }
        catch (Exception failed)
        {
            // The ledger is out of reach, most likely: what is due stays due, and the sweep rings again.
            LogFailed(services.Log, this.GetPrimaryKeyString(), failed);
        }
        finally
        {
            _working = false;
        }
    }

    /// <summary>Sends what is due now. True when there may be more.</summary>
    private async Task<bool> RoundAsync()
    {
        var name = this.GetPrimaryKeyString();
        if (await services.Channels.ReadChannelAsync(name, CancellationToken.None) is not { Disabled: null } channel) return false;
        var now = services.Clock.GetUtcNow();
        if (_last is not null && !_last.SendsLike(channel))
        {
            _health.Forget();
            await services.Deliveries.HurryAsync(name, now, CancellationToken.None);
        }

        _last = channel;
        var due = await services.Deliveries.ReadDueAsync(name, now, MaxDue, CancellationToken.None);
        if (due.Due.Count == 0) return false;
        var waiting = due.Due;
        if (_health.PausedUntil(now) is { } until)
        {
            // Somebody who tries the channel by hand wants to know now.
            await MoveAsync([.. waiting.Where(d => d.Alert.Type != AlertType.ChannelTest)], until);
            waiting = [.. waiting.Where(d => d.Alert.Type == AlertType.ChannelTest)];
        }

        var planned = MessagePlan.Of(channel.Type, waiting, _health.Told(now), now).ToList();
        foreach (var later in planned.Where(p => p.SendAt is not null)) await MoveAsync(later.Deliveries, later.SendAt!.Value);
        var sendNow = planned.Where(p => p.SendAt is null).ToList();
        if (sendNow.Count == 0) return false;
        var goesOn = await SendAllAsync(channel, sendNow);
        await _health.SaveAsync();
        return goesOn && due.Due.Count == MaxDue;
    }

    /// <summary>A few at a time; one by one while the channel fails, and where the order matters. False: not now.</summary>
    private async Task<bool> SendAllAsync(Channel channel, List<PlannedMessage> messages)
    {
        var atOnce = channel.Type == ChannelType.Webhook ? services.Options.MaxConcurrentSends : 1;
        for (var i = 0; i < messages.Count;)
        {
            var wave = messages.GetRange(i, Math.Min(_health.IsFailing ? 1 : atOnce, messages.Count - i));
            i += wave.Count;
            var outcomes = await Task.WhenAll(wave.Select(m => SendAsync(channel, m)));
            var now = services.Clock.GetUtcNow();
            var replaced = Array.Exists(outcomes, o => o.Result != SendResult.Sent) && !await StillSendsThereAsync(channel);
            // What the old address has answered says nothing of the new one: all that it did not take goes there, with the next round.
            if (replaced) (wave, outcomes) = OnlySent(wave, outcomes);
            var updates = new List<DeliveryUpdate>();
            for (var k = 0; k < wave.Count; k++) updates.AddRange(wave[k].Deliveries.Select(d => UpdateOf(d, outcomes[k], now)));
            if (updates.Count > 0) await services.Deliveries.WriteAttemptsAsync(channel.Name, updates, CancellationToken.None);
            var back = false;
            for (var k = 0; k < wave.Count; k++) back |= _health.Note(channel.Type, wave[k], outcomes[k], now);
            if (back) await services.Deliveries.HurryAsync(channel.Name, now, CancellationToken.None);
            if (Array.Find(outcomes, o => o.Result == SendResult.Gone) is { Result: SendResult.Gone } gone)
            {
                await services.Evaluator.DisableChannelAsync(channel, gone.Error ?? "gone");
                return false;
            }

            if (replaced)
            {
                _rung = true;
                return false;
            }

            if (_health.IsDead(services.Options.DeadAfter)) await ReportDeadAsync(channel);
            if (_health.PausedUntil(now) is not { } until) continue;
            await MoveAsync([.. messages.Skip(i).SelectMany(m => m.Deliveries)], until);
            return false;
        }

        return true;
    }

    private async Task<bool> StillSendsThereAsync(Channel channel) =>
        await services.Channels.ReadChannelAsync(channel.Name, CancellationToken.None) is { Disabled: null } now && now.SendsLike(channel);

    private static (List<PlannedMessage> Wave, SendOutcome[] Outcomes) OnlySent(List<PlannedMessage> wave, SendOutcome[] outcomes)
    {
        var sent = Enumerable.Range(0, wave.Count).Where(k => outcomes[k].Result == SendResult.Sent).ToList();
        return (sent.ConvertAll(k => wave[k]), [.. sent.Select(k => outcomes[k])]);
    }

    private async Task<SendOutcome> SendAsync(Channel channel, PlannedMessage message)
    {
        await _rate.WaitAsync(SendRate.SpacingOf(channel.Type, services.Options));
        using var span = EngineTrace.Follow("budget.alert.deliver", message.Message.First.Trace);
        span?.SetTag("budget.channel_type", channel.Type.ToString());
        try
        {
            return await services.Sender.SendAsync(channel, message.Message, CancellationToken.None);
        }
        catch (Exception unexpected)
        {
            // Not its message, which might name an address that is a secret.
            LogUnexpected(services.Log, channel.Name, unexpected.GetType().Name);
            return new SendOutcome(SendResult.Failed, $"{unexpected.GetType().Name} inside of the engine", null);
        }
    }

    private DeliveryUpdate UpdateOf(PendingDelivery delivery, SendOutcome outcome, DateTimeOffset now)
    {
        var next = outcome.Result == SendResult.Failed
            ? RetrySchedule.Next(delivery.Attempts + 1, delivery.FirstAt, now, outcome.RetryAfter, services.Chance())
            : null;
        var to = outcome.Result == SendResult.Sent ? DeliveryState.Delivered : next is null ? DeliveryState.Failed : DeliveryState.Pending;
        return new DeliveryUpdate(delivery.Alert.Id, delivery.Resolves, to, Attempted: true, now, next ?? now, outcome.Error);
    }

    /// <summary>They wait, without an attempt, until then.</summary>
    private Task MoveAsync(IReadOnlyList<PendingDelivery> deliveries, DateTimeOffset until) => deliveries.Count == 0
        ? Task.CompletedTask
        : services.Deliveries.WriteAttemptsAsync(
            this.GetPrimaryKeyString(),
            [.. deliveries.Select(d => new DeliveryUpdate(d.Alert.Id, d.Resolves, DeliveryState.Pending, Attempted: false, until, until, null))], CancellationToken.None);

    private async Task ReportDeadAsync(Channel channel)
    {
        _health.DeadReported();
        var reason = $"failing since {_health.View().FailingSince:u}: {_health.View().LastError}";
        await services.Evaluator.ReportDeadAsync(channel.Name, reason);
    }

    [LoggerMessage(1050, LogLevel.Warning, "The notifier of channel {Channel} failed; what is due stays due.")]
    private static partial void LogFailed(ILogger logger, string channel, Exception exception);

    [LoggerMessage(1051, LogLevel.Error, "A message to channel {Channel} failed inside of the engine: {Failure}.")]
    private static partial void LogUnexpected(ILogger logger, string channel, string failure);
}
