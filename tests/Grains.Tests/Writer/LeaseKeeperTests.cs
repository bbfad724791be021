using BudgetEngine.Domain;
using BudgetEngine.Ledger;
using Microsoft.Extensions.Logging.Abstractions;

namespace BudgetEngine.Grains.Tests.Writer;

/// <summary>The lease that lets a process decide from memory, alone: no silo, no store but a clock.</summary>
public sealed class LeaseKeeperTests : IAsyncDisposable
{
    private readonly ManualClock _clock = new(Engine.Start);
    private readonly LedgerWriterOptions _options = new();
    private readonly LeaseStore _store = new();
    private readonly LedgerHealth _health;
    private readonly LeaseKeeper _keeper;

    public LeaseKeeperTests()
    {
        _health = new LedgerHealth(_clock, _options);
        _keeper = new LeaseKeeper(_store, _health, _options, _clock, "p", NullLogger<LeaseKeeper>.Instance);
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
        await _keeper.StartAsync(1);
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
        await _keeper.StartAsync(1);
        _store.Renew = () => throw new LedgerUnavailableException("The test broke the ledger.");
        await _clock.TimerSetAsync(_options.LeaseInterval).Within("the next renewal");

        _clock.Advance(_options.LeaseInterval);
        await Facts.Until(() => Task.FromResult(_health.WritesFail), "the failure is noticed");
        Assert.True(_health.MayGrant);
        _clock.Advance(_options.OutageGrace - _options.LeaseInterval);
        Assert.False(_health.MayGrant);

        _store.Renew = () => Task.CompletedTask;
        _clock.Advance(_options.LeaseInterval);
        await Facts.Until(() => Task.FromResult(_health is { MayGrant: true, WritesFail: false }), "the lease is back");
    }

    /// <summary>Only leases.</summary>
    private sealed class LeaseStore : ILedgerNodes
    {
        public Func<Task> Renew { get; set; } = () => Task.CompletedTask;

        public async Task<DateTimeOffset> RenewLeaseAsync(string process, long epoch, CancellationToken cancellationToken)
        {
            await Renew().WaitAsync(cancellationToken);
            return Engine.Start;
        }

        public Task<IReadOnlyList<NodeState>> RegisterAsync(
            IReadOnlyList<string> costCenters, DateOnly fromDay, DateTimeOffset now, string? process, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<SideState> ReadUserAsync(string costCenter, string user, DateOnly fromDay, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<SideState> ReadChildAsync(string child, DateOnly fromDay, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
