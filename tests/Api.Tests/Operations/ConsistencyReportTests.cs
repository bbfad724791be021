using BudgetEngine.Api.Operations;
using BudgetEngine.Ledger.Reports;
using BudgetEngine.TestKit.Waiting;

namespace BudgetEngine.Api.Tests.Operations;

public sealed class ConsistencyReportTests
{
    private readonly ManualClock _clock = new(new DateTimeOffset(2026, 11, 20, 12, 0, 0, TimeSpan.Zero));
    private readonly SlowLedger _ledger;
    private readonly ConsistencyReports _reports;

    public ConsistencyReportTests()
    {
        _ledger = new SlowLedger(_clock);
        _reports = new ConsistencyReports(_ledger, _clock);
    }

    [Fact]
    public async Task Report_ThatTookLong_IsGivenAgainForTenTimesAsLong()
    {
        _ledger.Takes = TimeSpan.FromSeconds(3);
        var first = await _reports.CheckAsync("acme", default);
        _clock.Advance(TimeSpan.FromSeconds(29));
        Assert.Same(first, await _reports.CheckAsync("acme", default));
        // Of another subtree it says nothing.
        Assert.NotSame(first, await _reports.CheckAsync("acme/x", default));
        _clock.Advance(TimeSpan.FromSeconds(2));
        var second = await _reports.CheckAsync("acme", default);
        Assert.Equal((3, first.AsOf.AddSeconds(37)), (_ledger.Runs, second.AsOf));
    }

    [Fact]
    public async Task Report_ThatTookNoTime_IsMadeAnew()
    {
        for (var i = 0; i < 3; i++) await _reports.CheckAsync(null, default);
        Assert.Equal(3, _ledger.Runs);
    }

    [Fact]
    public async Task Reports_OfOneSubtreeAtOnce_AreMadeOneAfterTheOther_AndALongOneOnce()
    {
        _ledger.Takes = TimeSpan.FromSeconds(3);
        _ledger.Gate = new TaskCompletionSource();
        var asked = Enumerable.Range(0, 5).Select(_ => _reports.CheckAsync(null, default)).ToArray();
        Assert.Equal(1, _ledger.Runs);
        _ledger.Gate.SetResult();
        Assert.Single((await Task.WhenAll(asked)).Distinct());
    }

    private sealed class SlowLedger(ManualClock clock) : ILedgerConsistency
    {
        public TimeSpan Takes { get; set; }

        public TaskCompletionSource? Gate { get; set; }

        public int Runs { get; private set; }

        public async Task<ConsistencyReport> CheckConsistencyAsync(string? under, CancellationToken cancellationToken)
        {
            Runs++;
            if (Gate is { } gate) await gate.Task;
            clock.Advance(Takes);
            return new ConsistencyReport(Runs, 0, []);
        }
    }
}
