using System.Reflection;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Api.Events;
using BudgetEngine.Api.Http;
using BudgetEngine.Domain.Alerts;
using BudgetEngine.Ledger.Alerts;
using BudgetEngine.Ledger.Sql.Postgres;
using Microsoft.Extensions.Time.Testing;

namespace BudgetEngine.Api.Tests.Events;

/// <summary>Alerts become visible in another order than that of their numbers; each is told once all the same.</summary>
public class AlertFollowerTests
{
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 3, 2, 10, 0, 0, TimeSpan.Zero));
    private readonly EventHub _hub;
    private readonly EventListener _listener;
    private readonly AlertsOnly _ledger;
    private readonly AlertFollower _follower;

    public AlertFollowerTests()
    {
        _hub = new EventHub(_clock, new IdSource(), Resolution.Nano);
        _listener = _hub.Join(new EventFilter(null, 0), null)!;
        var proxy = DispatchProxy.Create<ILedgerAlerts, AlertsOnly>();
        _ledger = (AlertsOnly)(object)proxy;
        _follower = new AlertFollower(proxy, _hub, new SpendWatch(_hub), _clock);
    }

    [Fact]
    public async Task Alert_ThatWasThereBefore_IsNoNews()
    {
        _ledger.Store(1, _clock.GetUtcNow().AddSeconds(-1));
        await FollowAsync();
        await RoundAsync();
        Assert.Empty(Told());
        _ledger.Store(2, _clock.GetUtcNow());
        await RoundAsync();
        await RoundAsync();
        Assert.Equal(["a2"], Told());
    }

    [Fact]
    public async Task Alert_ThatCommitsLate_IsTold_HoweverManyCameMeanwhile()
    {
        await FollowAsync();
        var begun = _clock.GetUtcNow();
        for (var i = 10; i < 10 + (3 * EventLimits.AlertPage); i++) _ledger.Store(i, _clock.GetUtcNow());
        await RoundAsync();
        Assert.Equal(3 * EventLimits.AlertPage, Told().Count);
        _clock.Advance(TimeSpan.FromSeconds(60));
        _ledger.Store(5, begun);
        for (var i = 0; i < 1 + (EventLimits.LateAlertInterval / EventLimits.AlertInterval); i++)
        {
            _clock.Advance(EventLimits.AlertInterval);
            await RoundAsync();
        }

        Assert.Equal(["a5"], Told());
    }

    [Fact]
    public async Task ManyAlerts_OfOneMoment_AreAllTold_InOrder()
    {
        await FollowAsync();
        var count = (5 * EventLimits.AlertPage) + 1;
        for (var i = 1; i <= count; i++) _ledger.Store(i, _clock.GetUtcNow());
        await RoundAsync();
        Assert.Equal(Enumerable.Range(1, count).Select(i => $"a{i}"), Told());
    }

    [Fact]
    public async Task Follower_AfterASleep_BeginsAnew()
    {
        await FollowAsync();
        _hub.Leave(_listener);
        _clock.Advance(EventLimits.ResumeFor + TimeSpan.FromSeconds(1));
        Assert.False(_hub.StaysActive());
        await _follower.ForgetAsync();
        _ledger.Store(1, _clock.GetUtcNow());
        var again = _hub.Join(new EventFilter(null, 0), null)!;
        await FollowAsync();
        _ledger.Store(2, _clock.GetUtcNow());
        await RoundAsync();
        Assert.Equal(["a2"], Told(again));
        // Who comes while it is told to forget keeps it going.
        await _follower.ForgetAsync();
        _ledger.Store(3, _clock.GetUtcNow());
        await RoundAsync();
        Assert.Equal(["a3"], Told(again));
    }

    private Task FollowAsync() => _follower.FollowAsync(CancellationToken.None);

    private Task RoundAsync() => _follower.RoundAsync(CancellationToken.None);

    private List<string> Told(EventListener? listener = null)
    {
        var told = new List<string>();
        while ((listener ?? _listener).Queue.TryRead(out var live)) told.Add(live.AlertId!);
        return told;
    }

    /// <summary>A ledger that has alerts, and nothing else.</summary>
    public class AlertsOnly : DispatchProxy
    {
        private readonly SortedDictionary<long, StoredAlert> _alerts = [];

        internal void Store(long entry, DateTimeOffset at) => _alerts.Add(entry, new StoredAlert(entry, new Alert($"a{entry}", AlertType.Spike, "cc", null, at)));

        protected override object Invoke(MethodInfo? targetMethod, object?[]? args)
        {
            if (targetMethod?.Name != nameof(ILedgerAlerts.ReadAlertsAsync)) throw new NotSupportedException(targetMethod?.Name);
            var (since, before, limit) = ((DateTimeOffset?)args![1], (long?)args[2], (int)args[3]!);
            return Task.FromResult<IReadOnlyList<StoredAlert>>(
                [.. _alerts.Values.Reverse().Where(a => !(a.Alert.At < since) && !(a.Entry >= before)).Take(limit)]);
        }
    }
}
