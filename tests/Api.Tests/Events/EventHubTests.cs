using System.Text;
using BudgetEngine.Api.Checks;
using BudgetEngine.Api.Events;
using BudgetEngine.Api.Http;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Ledger.Sql.Postgres;
using BudgetEngine.TestKit.Machine;
using Microsoft.Extensions.Time.Testing;

namespace BudgetEngine.Api.Tests.Events;

public class EventHubTests
{
    private static readonly EventFilter All = new(null, 0);

    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 3, 2, 10, 0, 0, TimeSpan.Zero));
    private readonly EventHub _hub;

    public EventHubTests() => _hub = new EventHub(_clock, new IdSource(), Resolution.Nano);

    [Fact]
    public void Event_WhileNobodyListens_IsNotKept()
    {
        Publish("a");
        Assert.False(_hub.IsActive);
        Assert.Empty(Join(null).Missed);
    }

    [Fact]
    public void Memory_LastsAfterTheLastListener_AndThenItSleeps()
    {
        var first = Join(null);
        _hub.Leave(first);
        Publish("a");
        _clock.Advance(EventLimits.ResumeFor);
        Assert.True(_hub.StaysActive());
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.False(_hub.StaysActive());
        // What happened while it slept is nowhere but in the ledger.
        Publish("b");
        var late = Join(first.Position);
        Assert.Empty(late.Missed);
        Assert.Equal(_clock.GetUtcNow() - EventLimits.ResumeFor, late.ReplaySince);
    }

    [Fact]
    public void Resume_GivesWhatTheFilterSees_InOrder()
    {
        var first = Join(null);
        Publish("a", EventKind.Alert);
        Publish("b");
        Publish("a/x", EventKind.Spend);
        var again = _hub.Join(new EventFilter("a", 0), first.Position)!;
        Assert.Equal(["a", "a/x"], again.Missed.Select(e => e.CostCenter));
        Assert.Null(again.ReplaySince);
        Assert.Empty(_hub.Join(All, again.Position)!.Missed);
    }

    [Fact]
    public void Resume_BeyondWhatIsRemembered_ReadsAlertsFromTheLedger()
    {
        var first = Join(null);
        Publish("old", EventKind.Alert);
        for (var i = 0; i < EventLimits.MaxRemembered; i++) Publish("a", i % 2 == 0 ? EventKind.Alert : EventKind.Budget);
        var again = Join(first.Position);
        Assert.Equal(first.Position.At, again.ReplaySince);
        Assert.DoesNotContain(again.Missed, e => e.Kind == EventKind.Alert);
        Assert.Equal(EventLimits.MaxRemembered / 2, again.Missed.Count);
    }

    [Fact]
    public void Samples_DriveNoFactsOut()
    {
        var first = Join(null);
        Publish("fact", EventKind.Alert);
        for (var i = 0; i < EventLimits.MaxRemembered * 2; i++) Publish("a", EventKind.Decision);
        var again = Join(first.Position);
        Assert.Null(again.ReplaySince);
        Assert.Equal("fact", again.Missed[0].CostCenter);
    }

    [Fact]
    public void Memory_IsBoundedInBytes()
    {
        var first = Join(null);
        var data = Encoding.ASCII.GetBytes(new string('x', EventLimits.MaxRememberedBytes / 4));
        for (var i = 0; i < 10; i++) _hub.Publish(new EventDraft(EventKind.Spend, "a", data));
        Assert.InRange(Join(first.Position).Missed.Count, 1, 4);
    }

    [Fact]
    public void Listener_WhoseQueueIsFull_IsTooSlow()
    {
        var listener = Join(null);
        for (var i = 0; i < EventLimits.MaxQueued; i++) Publish("a");
        Assert.False(listener.IsTooSlow);
        Publish("a");
        Assert.True(listener.IsTooSlow);
    }

    [Fact]
    public void Breaker_AboveTheRoot_IsToldAsMuchAsMayBeSeen()
    {
        var live = new LiveEvent(new LiveEventId("p", _clock.GetUtcNow(), 1), new EventDraft(EventKind.Budget, "a/b", "full"u8.ToArray()) { DataBelow = "below"u8.ToArray() });
        Assert.Contains("full", TextOf(new EventFilter(null, 0), live), StringComparison.Ordinal);
        Assert.Contains("full", TextOf(new EventFilter("a", 1), live), StringComparison.Ordinal);
        // Within the key's subtree, above what was asked for.
        Assert.Contains("full", TextOf(new EventFilter("a/b/c", 1), live), StringComparison.Ordinal);
        Assert.Contains("below", TextOf(new EventFilter("a/b/c", 3), live), StringComparison.Ordinal);
        Assert.Null(new EventFilter("a/bc", 0).FrameOf(live));
        Assert.Null(new EventFilter("b", 0).FrameOf(live));
    }

    [Fact]
    public void Decisions_ThatAListenerDoesNotWant_AreNotSent_AllElseIs()
    {
        var filter = new EventFilter(null, 0) { WithoutDecisions = true };
        LiveEvent Of(EventKind kind) => new(new LiveEventId("p", _clock.GetUtcNow(), 1), new EventDraft(kind, "a/b", "full"u8.ToArray()));

        Assert.Null(filter.FrameOf(Of(EventKind.Decision)));
        Assert.All([EventKind.Spend, EventKind.Alert, EventKind.Budget], kind => Assert.NotNull(filter.FrameOf(Of(kind))));
        Assert.NotNull(new EventFilter(null, 0).FrameOf(Of(EventKind.Decision)));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("a-b-c")]
    [InlineData("p-1-")]
    [InlineData("p--1")]
    [InlineData("p-1-2-3")]
    [InlineData("p-99999999999999999999-1")]
    [InlineData("p-999999999999999999-1")]
    [InlineData("p-1-99999999999999999999")]
    public void LiveEventId_ThatIsNone_IsNull(string? text) => Assert.Null(LiveEventId.Parse(text));

    [Fact]
    public void LiveEventId_ReadsWhatItWrites()
    {
        var id = new LiveEventId("abc", DateTimeOffset.FromUnixTimeMilliseconds(1_772_000_000_123), 42);
        Assert.Equal(id, LiveEventId.Parse(id.ToString()));
    }

    [Fact]
    public void Decision_WhileNobodyListens_AllocatesNothing()
    {
        var samples = new DecisionSamples(_hub, _clock);
        var command = new CheckCommand { CostCenter = CostCenterId.Trusted("a"), AnswerWithin = TimeSpan.FromSeconds(1) };
        var answer = CheckAnswers.Denied(DenialReason.UnknownModel, Resolution.Nano);
        Assert.Equal(0, Allocated.Each(OfferMany));

        void OfferMany()
        {
            for (var i = 0; i < 10_000; i++) samples.Offer(command, answer);
        }
    }

    [Fact]
    public void Decisions_AreSampled_WithRoomForDenials()
    {
        var samples = new DecisionSamples(_hub, _clock);
        var listener = Join(null);
        var denied = CheckAnswers.Denied(DenialReason.BudgetExceeded, Resolution.Nano);
        var allowed = denied with { Reason = null };
        for (var tenant = 0; tenant < 30; tenant++)
        {
            var command = new CheckCommand { CostCenter = CostCenterId.Trusted($"t{tenant}/x"), AnswerWithin = TimeSpan.FromSeconds(1) };
            for (var i = 0; i < 100; i++) samples.Offer(command, allowed);
            for (var i = 0; i < 100; i++) samples.Offer(command, denied);
        }

        Assert.Equal(EventLimits.MaxSamples, listener.Queue.Count);
        var first = new List<LiveEvent>();
        while (listener.Queue.TryRead(out var live)) first.Add(live);
        Assert.Equal(EventLimits.MaxAllowsPerTenant + EventLimits.MaxDenialsPerTenant, first.Count(e => e.CostCenter == "t0/x"));
        Assert.True(first.Count(IsDenial) >= EventLimits.MaxSamples / 2);
        _clock.Advance(TimeSpan.FromSeconds(1));
        samples.Offer(new CheckCommand { CostCenter = CostCenterId.Trusted("t29/x"), AnswerWithin = TimeSpan.FromSeconds(1) }, allowed);
        Assert.Equal(1, listener.Queue.Count);

        static bool IsDenial(LiveEvent live) => Encoding.UTF8.GetString(live.Frame).Contains("\"deny\"", StringComparison.Ordinal);
    }

    private EventListener Join(LiveEventId? resume) => _hub.Join(All, resume)!;

    private void Publish(string costCenter, EventKind kind = EventKind.Budget) => _hub.Publish(new EventDraft(kind, costCenter, "{}"u8.ToArray()));

    private static string TextOf(EventFilter filter, LiveEvent live) => Encoding.UTF8.GetString(filter.FrameOf(live)!);
}
