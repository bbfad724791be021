using BudgetEngine.Alerts.Delivery;
using BudgetEngine.Domain.Alerts;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Grains.Interfaces.Alerts;
using BudgetEngine.Grains.Tests.Harness;
using BudgetEngine.Ledger.Alerts;
using BudgetEngine.TestKit.Waiting;

namespace BudgetEngine.Grains.Tests.Alerts;

/// <summary>How a notifier works off what is stored: retries in virtual time, health, collecting, and a dead channel beside a living one.</summary>
public sealed class NotifierTests : AlertTest
{
    [Fact]
    public async Task Receiver_ThatFails_IsTriedAgainForADay_ThenGivenUp()
    {
        await PutAsync("down", SendResult.Failed);
        await CrossAsync();
        await AttemptsAsync("down", 1);
        await DeliveryAsync("down", d => d.Attempts == 1, "the first attempt is written");

        for (var tries = 0; tries < 60 && (await DeliveryAsync("down")).State == DeliveryState.Pending; tries++) await TryAgainAsync("down");

        var delivery = await DeliveryAsync("down");
        Assert.Equal(DeliveryState.Failed, delivery.State);
        Assert.InRange(delivery.Attempts, 10, 20);
        var attempts = Outside.Attempts.Where(a => a.Channel == "down").Select(a => a.At).ToList();
        // Not before the schedule's first pause less a tenth; never later than a day.
        Assert.True(attempts[1] - attempts[0] >= TimeSpan.FromSeconds(4.5));
        Assert.InRange(attempts[^1] - attempts[0], TimeSpan.FromHours(23), TimeSpan.FromHours(24.2));
        Assert.Contains(await StoredAsync(), a => a.Type == AlertType.ChannelDead && a.Detail!.StartsWith("down: ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Receiver_ThatAsksForTime_IsGivenIt()
    {
        await PutAsync("busy", SendResult.Failed, TimeSpan.FromMinutes(10));
        await CrossAsync();
        await AttemptsAsync("busy", 1);
        await DeliveryAsync("busy", d => d.Attempts == 1, "the attempt is written");
        Outside.Answers.Clear();

        for (var i = 0; i < 9; i++) await AdvanceAsync(TimeSpan.FromMinutes(1));
        Assert.Single(Outside.Attempts, a => a.Channel == "busy");
        await AdvanceAsync(TimeSpan.FromMinutes(1));

        Assert.Single(await ReceivedAsync("busy", 1));
        await DeliveryAsync("busy", d => d.State == DeliveryState.Delivered, "the delivery is done");
    }

    [Fact]
    public async Task Receiver_ThatRefuses_IsNotTriedAgain()
    {
        await PutAsync("bad", SendResult.Refused);
        await CrossAsync();
        await DeliveryAsync("bad", d => d.State == DeliveryState.Failed, "the delivery is given up");

        for (var i = 0; i < 5; i++) await AdvanceAsync(TimeSpan.FromHours(1));

        Assert.Single(Outside.Attempts, a => a.Channel == "bad");
        Assert.Equal("no", (await DeliveryAsync("bad")).LastError);
    }

    [Fact]
    public async Task Receiver_ThatIsGone_SwitchesTheChannelOffAndTellsTheOthers()
    {
        await PutAsync("gone", SendResult.Gone);
        await PutChannelAsync("other", ChannelType.Webhook, types: [AlertType.ChannelDead]);
        await CrossAsync();

        var told = Assert.Single(await ReceivedAsync("other", 1));
        Assert.Equal((AlertType.ChannelDead, "gone: no"), (told.Type, told.Detail));
        Assert.NotNull((await Engine.Store.Channels.ReadChannelAsync("gone", CancellationToken.None))!.Disabled);
        await DeliveryAsync("gone", d => d.State != DeliveryState.Pending, "nothing is pending");
        await Engine.PutBudgetAsync(Sibling, Budgets.Daily(10));
        await Engine.PostAsync(Sibling, 9);
        await StoredAsync(4);
        Assert.Single(Outside.Attempts, a => a.Channel == "gone");
    }

    [Fact]
    public async Task Channel_ThatIsReplacedWhileItsOldAddressAnswers_StaysOnAndTellsTheNewOne()
    {
        foreach (var answer in (SendResult[])[SendResult.Gone, SendResult.Refused])
        {
            var name = $"moved-{answer}".ToLowerInvariant();
            var asked = new TaskCompletionSource();
            var answers = new TaskCompletionSource<SendOutcome>();
            await PutChannelAsync(name, ChannelType.Webhook, types: [AlertType.ThresholdReached]);
            Outside.Answers[name] = _ =>
            {
                asked.TrySetResult();
                return answers.Task;
            };
            if (answer == SendResult.Gone) await CrossAsync();
            else await Engine.PostAsync(Leaf, 200);
            await asked.Task.Within("the old address is asked");

            var replaced = (await Engine.Store.Channels.ReadChannelAsync(name, CancellationToken.None))! with { Target = new ChannelTarget { Url = "https://new.example.com/" } };
            await Engine.Store.Channels.PutChannelAsync(replaced, null, Engine.Admin(), CancellationToken.None);
            Outside.Answers.Clear();
            answers.SetResult(new SendOutcome(answer, "the old one is gone", null));

            await ReceivedAsync(name, 1);
            Assert.Null((await Engine.Store.Channels.ReadChannelAsync(name, CancellationToken.None))!.Disabled);
            await DeliveryAsync(name, d => d.State == DeliveryState.Delivered, "the delivery is done at the new address");
        }
    }

    [Fact]
    public async Task DeadReceiver_DelaysNoOther()
    {
        var never = new TaskCompletionSource<SendOutcome>();
        await PutChannelAsync("hangs", ChannelType.Webhook, types: [AlertType.ThresholdReached]);
        await PutChannelAsync("lives", ChannelType.Webhook, types: [AlertType.ThresholdReached]);
        Outside.Answers["hangs"] = _ => never.Task;

        await CrossAsync();

        Assert.Single(await ReceivedAsync("lives", 1));
        Assert.Empty(Outside.To("hangs"));
        never.SetResult(SendOutcome.Sent);
        Assert.Single(await ReceivedAsync("hangs", 1));
    }

    [Fact]
    public async Task Receiver_ThatComesBack_GetsAllThatFailedMeanwhileAtOnce()
    {
        await PutAsync("down", SendResult.Failed);
        await CrossAsync();
        await AttemptsAsync("down", 1);
        await DeliveryAsync("down", d => d.Attempts == 1, "the attempt is written");
        for (var i = 0; i < 120; i++) await AdvanceAsync(TimeSpan.FromMinutes(1));
        await SettledAsync("down");
        Outside.Answers.Clear();
        // A new one is tried as soon as the pause of the channel is over.
        await Engine.PutBudgetAsync(Sibling, Budgets.Daily(100));
        await Engine.PostAsync(Sibling, 75);
        await StoredAsync(2);

        for (var i = 0; i < 6; i++) await AdvanceAsync(TimeSpan.FromMinutes(1));
        // In small steps: the notifier sets its timers when it comes to them, and the old alert's own next attempt is more than the longest of such waits away.
        await Eventually.HoldsAsync("both alerts at down", async () =>
        {
            await AdvanceAsync(TimeSpan.FromSeconds(0.1));
            return Outside.To("down").Sum(a => a.Message.Alerts.Length) == 2;
        });
    }

    [Fact]
    public async Task People_AreToldAHigherLevelAtOnce_AndCollectedOtherThingsAfterAMinute()
    {
        await PutChannelAsync("chat", ChannelType.Slack, types: [AlertType.ThresholdReached, AlertType.Paused]);
        await Engine.PutBudgetAsync(Middle, Budgets.Daily(1_000_000));
        await Engine.PostAsync(Leaf, 710_000);
        await ReceivedAsync("chat", 1);

        Engine.Advance(TimeSpan.FromSeconds(2));
        await Engine.PostAsync(Leaf, 200_000);
        Assert.Equal("critical", (await ReceivedAsync("chat", 2))[1].Level);
        await Engine.Store.Pauses.PutPauseAsync(new Pause(Engine.PathOf(Middle), null, null, null, null, "ann", Engine.Clock.Now), Engine.Admin(), CancellationToken.None);
        await SweepAsync();
        await StoredAsync(3);
        await Engine.Sweep.RoundAsync(CancellationToken.None);
        for (var i = 0; i < 5; i++) await AdvanceAsync(TimeSpan.FromSeconds(10));
        Assert.DoesNotContain(Outside.To("chat"), a => a.Message.First.Type == AlertType.Paused);

        await AdvanceAsync(TimeSpan.FromSeconds(11));

        Assert.Contains(await ReceivedAsync("chat", 3), a => a.Type == AlertType.Paused);
    }

    [Fact]
    public async Task PagerDuty_IsToldThatItIsOver_WhenTheLimitIsRaised_AndWhenTheWindowEnds()
    {
        await PutChannelAsync("pager", ChannelType.PagerDuty, types: [AlertType.ThresholdReached]);
        await Engine.PutBudgetAsync(Middle, Budgets.Daily(100));
        await Engine.PostAsync(Leaf, 75);
        await ReceivedAsync("pager", 1);

        Engine.Advance(TimeSpan.FromSeconds(1));
        await Engine.PutBudgetAsync(Middle, Budgets.Daily(1_000));
        await SweepAsync();
        await ReceivedAsync("pager", 2);
        Engine.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal([false, true], Outside.To("pager").Select(a => a.Message.Resolves));
        await Engine.PutBudgetAsync(Middle, Budgets.Daily(100));
        await ReceivedAsync("pager", 3);
        await AdvanceAsync(TimeSpan.FromHours(12));

        await ReceivedAsync("pager", 4);
        Assert.Equal([false, true, false, true], Outside.To("pager").Select(a => a.Message.Resolves));
        Assert.Equal(Outside.To("pager")[2].Message.First.Id, Outside.To("pager")[3].Message.First.Id);
    }

    [Fact]
    public async Task Test_OfAPausedChannel_IsTriedAtOnce()
    {
        await PutAsync("down", SendResult.Failed, TimeSpan.FromHours(1));
        await CrossAsync();
        await AttemptsAsync("down", 1);
        await DeliveryAsync("down", d => d.Attempts == 1, "the attempt is written");
        Outside.Answers.Clear();

        var test = new Alert("alr_test", AlertType.ChannelTest, Engine.PathOf(""), null, Engine.Clock.Now);
        await Engine.Store.Channels.InsertTestAsync(test, "down", CancellationToken.None);
        await Engine.Sweep.RoundAsync(CancellationToken.None);

        Assert.Equal(AlertType.ChannelTest, (await ReceivedAsync("down", 1))[0].Type);
    }

    [Fact]
    public async Task Health_SaysHowTheChannelIsDoing()
    {
        await PutAsync("down", SendResult.Failed);
        await CrossAsync();
        await AttemptsAsync("down", 1);

        await Eventually.HoldsAsync("the failure is seen", async () => (await ViewAsync()).FailuresInARow == 1);
        var failing = await ViewAsync();
        Assert.Equal(("no", Engine.Clock.Now), (failing.LastError, failing.FailingSince!.Value));
        Outside.Answers.Clear();
        await DeliveryAsync("down", d => d.Attempts == 1, "the attempt is written");
        for (var i = 0; i < 3; i++) await AdvanceAsync(TimeSpan.FromSeconds(5));
        await ReceivedAsync("down", 1);

        await Eventually.HoldsAsync("the recovery is seen", async () => (await ViewAsync()) is { FailuresInARow: 0, Sent: 1, PausedUntil: null });
    }

    private Task<NotifierView> ViewAsync() => Engine.Notifier("down").View(new NotifierViewRequest("down"));

    private async Task PutAsync(string channel, SendResult answer, TimeSpan? retryAfter = null)
    {
        await PutChannelAsync(channel, ChannelType.Webhook, types: [AlertType.ThresholdReached, AlertType.ChannelTest]);
        Outside.Answers[channel] = _ => Task.FromResult(new SendOutcome(answer, "no", retryAfter));
    }

    /// <summary>One alert: the first threshold.</summary>
    private async Task CrossAsync()
    {
        await Engine.PutBudgetAsync(Middle, Budgets.Daily(1_000));
        await Engine.PostAsync(Leaf, 750);
    }

    /// <summary>To the instant at which the delivery is due, and until something has become of it: another attempt, or another instant.</summary>
    private async Task TryAgainAsync(string channel)
    {
        var before = await DeliveryAsync(channel);
        Engine.Advance(before.NextAt > Clock.Now ? before.NextAt - Clock.Now : TimeSpan.FromSeconds(1));
        await Engine.Sweep.RoundAsync(CancellationToken.None);
        await DeliveryAsync(channel, d => d != before, "something becomes of what is due");
    }

    /// <summary>Until every attempt that was made is written.</summary>
    private Task SettledAsync(string channel) => DeliveryAsync(
        channel, d => d.Attempts == Outside.Attempts.Count(a => a.Channel == channel), "every attempt is written");
}
