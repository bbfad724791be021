using BudgetEngine.Grains.Tests.Harness;
using BudgetEngine.Ledger;
using BudgetEngine.Ledger.Fence;
using BudgetEngine.Ledger.Sql.Postgres;
using BudgetEngine.Ledger.Writer;
using BudgetEngine.TestKit.Waiting;
using Microsoft.Extensions.Logging.Abstractions;

namespace BudgetEngine.Grains.Tests.Writer;

/// <summary>The lease that lets a process decide from memory, alone: no silo, no store but a clock.</summary>
public sealed class LeaseKeeperTests : IAsyncDisposable
{
    private readonly ManualClock _clock = new(Engine.Start);
    private readonly LedgerWriterOptions _options = new();
    private readonly LeaseStore _store = new();
    private readonly NodeFence _fence = new();
    private readonly LedgerHealth _health;
    private readonly LeaseKeeper _keeper;
    private readonly NodeRegistrar _registrar;

    public LeaseKeeperTests()
    {
        _health = new LedgerHealth(_clock, _options);
        _registrar = new NodeRegistrar(_store, _clock, () => "p#1", _fence);
        _keeper = new LeaseKeeper(_store, _health, _fence, _options, _clock, NullLogger<LeaseKeeper>.Instance);
    }

    public async ValueTask DisposeAsync()
    {
        _store.Renew = () => Task.CompletedTask;
        await _keeper.StopAsync().Within("the keeper stops");
    }

    [Fact]
    public void Lease_NeverRenewed_GrantsNothing() => Assert.False(_health.MayGrant);

    [Fact]
    public async Task Lease_Renewed_RunsFromTheMomentThatTheRenewalWasSent()
    {
        _store.Renew = () =>
        {
            _clock.Advance(TimeSpan.FromSeconds(3));
            return Task.CompletedTask;
        };
        await _keeper.StartAsync("p#1", 1);
        Assert.True(_health.MayGrant);
        _store.Renew = () => new TaskCompletionSource().Task;

        _clock.Advance(TimeSpan.FromSeconds(2) - TimeSpan.FromTicks(1));
        Assert.True(_health.MayGrant);
        _clock.Advance(TimeSpan.FromTicks(1));
        Assert.False(_health.MayGrant);
        _store.Renew = () => Task.CompletedTask;
    }

    [Fact]
    public async Task Renewal_ThatFails_TellsDurableHoldsAtOnceAndTheRestAfterTheGrace()
    {
        await _keeper.StartAsync("p#1", 1);
        _store.Renew = () => throw new LedgerUnavailableException("The test broke the ledger.");
        await _clock.TimerSetAsync(_options.LeaseInterval).Within("the next renewal");

        _clock.Advance(_options.LeaseInterval);
        await Eventually.HoldsAsync("the failure is noticed", () => _health.WritesFail);
        Assert.True(_health.MayGrant);
        _clock.Advance(_options.OutageGrace - _options.LeaseInterval);
        Assert.False(_health.MayGrant);

        _store.Renew = () => Task.CompletedTask;
        _clock.Advance(_options.LeaseInterval);
        await Eventually.HoldsAsync("the lease is back", () => _health is { MayGrant: true, WritesFail: false });
    }

    [Fact]
    public async Task Renewal_ThatIsBrokenOffByAnythingButAStop_IsAFailureLikeAnyOther()
    {
        // A driver may tell the end of its connection, or its own time limit, as a cancellation: nobody has asked for it.
        await _keeper.StartAsync("p#1", 1);
        _store.Renew = () => throw new OperationCanceledException("The driver broke it off.");
        await _clock.TimerSetAsync(_options.LeaseInterval).Within("the next renewal");

        _clock.Advance(_options.LeaseInterval);
        await Eventually.HoldsAsync("the failure is noticed", () => _health.WritesFail);

        _store.Renew = () => Task.CompletedTask;
        _clock.Advance(_options.OutageGrace);
        await Eventually.HoldsAsync("the lease is back", () => _health is { MayGrant: true, WritesFail: false });
    }

    [Fact]
    public async Task Renewal_ThatNamesANode_DropsItBeforeTheLeaseCounts()
    {
        _options.LeaseInterval = TimeSpan.FromDays(7);
        await _keeper.StartAsync("p#1", 1);
        var (lost, kept, newer) = (await RegisterAsync("a", 1), await RegisterAsync("b", 1), await RegisterAsync("c", 3));
        _clock.Advance(_options.OutageGrace);
        Assert.False(_health.LetsGrant(kept));
        var mayGrant = new List<bool>();
        lost.WhenLost(() => mayGrant.Add(_health.MayGrant));
        _store.TakenOver = [new NodeEpoch("a", 2), new NodeEpoch("c", 2), new NodeEpoch("unknown", 9)];

        await _keeper.RenewAsync();

        Assert.Equal([false], mayGrant);
        Assert.Equal((false, true, true), (_health.LetsGrant(lost), _health.LetsGrant(kept), _health.LetsGrant(newer)));
    }

    [Fact]
    public async Task Renewal_ThatNamesAsManyAsItMay_AsksForMoreBeforeTheLeaseCounts()
    {
        _options.LeaseInterval = TimeSpan.FromDays(7);
        await _keeper.StartAsync("p#1", 1);
        var last = await RegisterAsync("last", 1);
        _clock.Advance(_options.OutageGrace);
        var counted = new List<bool>();
        _store.Renewals.Clear();
        _store.Renew = () =>
        {
            counted.Add(_health.MayGrant);
            _store.TakenOver = counted.Count == 1 ? [.. Enumerable.Range(0, LeaseAnswer.MaxNamed).Select(i => new NodeEpoch($"n{i}", 2))] : [new NodeEpoch("last", 2)];
            return Task.CompletedTask;
        };

        await _keeper.RenewAsync();

        Assert.Equal([false, false], counted);
        Assert.True(_health.MayGrant);
        Assert.False(_health.LetsGrant(last));
        Assert.Equal([0, LeaseAnswer.MaxNamed], _store.Renewals.Select(r => r.Dropped.Count));
    }

    [Fact]
    public async Task Renewal_WhoseAnswerWasLost_NamesAgain()
    {
        await _keeper.StartAsync("p#1", 1);
        var lost = await RegisterAsync("a", 1);
        _store.TakenOver = [new NodeEpoch("a", 2)];
        _store.Renew = () => throw new LedgerUnavailableException("The answer is lost.");
        await _keeper.RenewAsync();
        Assert.True(_health.LetsGrant(lost));

        _store.Renew = () => Task.CompletedTask;
        _store.Renewals.Clear();
        await _keeper.RenewAsync();

        Assert.Empty(_store.Renewals.Single().Dropped);
        Assert.False(_health.LetsGrant(lost));
    }

    [Fact]
    public async Task Renewal_ThatFindsItsLeaseMadeAnew_DropsEverything()
    {
        // Silent for so long that the ledger has forgotten what there was to tell. The renewal that made the row anew may be one whose answer was lost.
        await _keeper.StartAsync("p#1", 1);
        var tenure = await RegisterAsync("a", 1);
        await _keeper.RenewAsync();
        Assert.True(_health.LetsGrant(tenure));
        _store.Born = 2;

        await _keeper.RenewAsync();

        Assert.True(_health.MayGrant);
        Assert.False(_health.LetsGrant(tenure));
    }

    [Fact]
    public async Task Registration_WhoseAnswerIsOlderThanALoss_IsMadeAgain()
    {
        // The renewal may have named this very node, which was not in memory yet, and names it only once.
        await _keeper.StartAsync("p#1", 1);
        var gate = new Gate();
        _store.AfterRegister = gate.PassAsync;
        var registered = RegisterAsync("a", 1);
        await gate.Entered.Within("the registration");
        _store.TakenOver = [new NodeEpoch("a", 2)];
        await _keeper.RenewAsync();
        (_store.AfterRegister, _store.Epoch) = (null, 3);
        gate.Open();

        var tenure = await registered;

        Assert.Equal((3, 2), (tenure.Epoch, _store.Registrations));
        Assert.True(_health.LetsGrant(tenure));
    }

    [Fact]
    public async Task Registration_OfANodeThatIsStillInMemoryHere_EndsTheEarlierTenure()
    {
        await _keeper.StartAsync("p#1", 1);
        var earlier = await RegisterAsync("a", 1);
        var left = new List<string>();
        earlier.WhenLost(() => left.Add("earlier"));
        var later = await RegisterAsync("a", 2);

        Assert.Equal(["earlier"], left);
        Assert.Equal((false, true), (_health.LetsGrant(earlier), _health.LetsGrant(later)));
        Assert.Equal((false, true), (_registrar.End("a", earlier), _registrar.End("a", later)));
        Assert.False(_health.LetsGrant(later));
    }

    [Fact]
    public async Task Stop_EndsTheLeaseHereAndInTheLedger()
    {
        await _keeper.StartAsync("p#1", 1);

        await _keeper.StopAsync();

        Assert.False(_health.MayGrant);
        Assert.Equal(["p#1"], _store.Ended);
    }

    private async Task<NodeTenure> RegisterAsync(string costCenter, long epoch)
    {
        _store.Epoch = epoch;
        return (await _registrar.RegisterAsync(costCenter).Within("the registration")).Tenure;
    }
}
