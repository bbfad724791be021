using BudgetEngine.Ledger.Denials;
using BudgetEngine.Ledger.Writer;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace BudgetEngine.Grains.Tests.Writer;

public sealed class HousekeepingTests
{
    [Fact]
    public async Task RollUps_ThatAlwaysHaveMoreToDo_LeaveTimeForRetention()
    {
        var store = new BusyStore();
        using var stopping = new CancellationTokenSource();
        var housekeeping = new Housekeeping(store, store, TimeSpan.FromDays(90), TimeSpan.FromDays(30), store.Clock, NullLogger<Housekeeping>.Instance);
        var running = housekeeping.RunAsync(stopping.Token);

        store.Clock.Advance(TimeSpan.FromSeconds(1));

        Assert.True(await store.Retained.Task);
        await stopping.CancelAsync();
        await running;
    }

    // (round, pause after it): never less than half a second, nine times as long as the round, never more than two.
    [Theory]
    [InlineData(10, 500)]
    [InlineData(100, 900)]
    [InlineData(400, 2_000)]
    public async Task RollUps_TheLongerTheyTake_TheLongerTheNextGathers(int round, int pause)
    {
        var store = new SlowStore(TimeSpan.FromMilliseconds(round));
        using var stopping = new CancellationTokenSource();
        var housekeeping = new Housekeeping(store, store, TimeSpan.FromDays(90), TimeSpan.FromDays(30), store.Clock, NullLogger<Housekeeping>.Instance);
        var running = housekeeping.RunAsync(stopping.Token);
        store.Clock.Advance(TimeSpan.FromMilliseconds(500));
        Assert.Equal(1, store.Rounds);

        store.Clock.Advance(TimeSpan.FromMilliseconds(pause - 1));
        Assert.Equal(1, store.Rounds);
        store.Clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(2, store.Rounds);

        await stopping.CancelAsync();
        await running;
    }

    /// <summary>Rounds of one step that end at once, after so long by the clock.</summary>
    private sealed class SlowStore(TimeSpan round) : TidyStore
    {
        public int Rounds { get; private set; }

        public override Task<int> RollUpAsync(int limit, CancellationToken cancellationToken)
        {
            Rounds++;
            Clock.Advance(round);
            return Task.FromResult(1);
        }
    }

    /// <summary>Each step takes a second, and there is always one more.</summary>
    private sealed class BusyStore : TidyStore
    {
        private int _steps;

        /// <summary>False: a hundred steps went by without it.</summary>
        public TaskCompletionSource<bool> Retained { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public override async Task<int> RollUpAsync(int limit, CancellationToken cancellationToken)
        {
            await Task.Yield();
            if (++_steps > 100) Retained.TrySetResult(false);
            Clock.Advance(TimeSpan.FromSeconds(1));
            return limit;
        }

        public override Task<int> RetainAsync(DateTimeOffset before, int limit, CancellationToken cancellationToken)
        {
            Retained.TrySetResult(true);
            return Task.FromResult(0);
        }
    }

    private abstract class TidyStore : ILedgerHousekeeping, ILedgerDenials
    {
        public FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 11, 30, 12, 0, 0, TimeSpan.Zero));

        public abstract Task<int> RollUpAsync(int limit, CancellationToken cancellationToken);

        public virtual Task<int> RetainAsync(DateTimeOffset before, int limit, CancellationToken cancellationToken) => Task.FromResult(0);

        public Task<int> ForgetAlertsAsync(DateTimeOffset before, int limit, CancellationToken cancellationToken) => Task.FromResult(0);

        public Task<int> ForgetAsync(DateTimeOffset before, int limit, CancellationToken cancellationToken) => Task.FromResult(0);

        public Task AddAsync(IReadOnlyList<Denial> denials, IReadOnlyList<OmittedDenials> omitted, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<IReadOnlyList<Denial>> ReadDenialsAsync(DenialFilter filter, DenialPosition? after, int limit, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<IReadOnlyList<OmittedSum>> SumOmittedAsync(DenialFilter filter, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
