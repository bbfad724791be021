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

    /// <summary>Each step takes a second, and there is always one more.</summary>
    private sealed class BusyStore : ILedgerHousekeeping, ILedgerDenials
    {
        private int _steps;

        public FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 11, 30, 12, 0, 0, TimeSpan.Zero));

        /// <summary>False: a hundred steps went by without it.</summary>
        public TaskCompletionSource<bool> Retained { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public async Task<int> RollUpAsync(int limit, CancellationToken cancellationToken)
        {
            await Task.Yield();
            if (++_steps > 100) Retained.TrySetResult(false);
            Clock.Advance(TimeSpan.FromSeconds(1));
            return limit;
        }

        public Task<int> RetainAsync(DateTimeOffset before, int limit, CancellationToken cancellationToken)
        {
            Retained.TrySetResult(true);
            return Task.FromResult(0);
        }

        public Task<int> ForgetAlertsAsync(DateTimeOffset before, int limit, CancellationToken cancellationToken) => Task.FromResult(0);

        public Task<int> ForgetAsync(DateTimeOffset before, int limit, CancellationToken cancellationToken) => Task.FromResult(0);

        public Task AddAsync(IReadOnlyList<Denial> denials, IReadOnlyList<OmittedDenials> omitted, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<IReadOnlyList<Denial>> ReadDenialsAsync(DenialFilter filter, DenialPosition? after, int limit, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<IReadOnlyList<OmittedSum>> SumOmittedAsync(DenialFilter filter, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
