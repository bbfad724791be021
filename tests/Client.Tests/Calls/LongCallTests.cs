using BudgetEngine.Client.Calls;
using BudgetEngine.Client.Tests.Harness;
using BudgetEngine.TestKit.Waiting;

namespace BudgetEngine.Client.Tests.Calls;

/// <summary>A call that takes longer than its hold was asked for.</summary>
public sealed class LongCallTests : IAsyncLifetime
{
    private static readonly TimeSpan Ttl = TimeSpan.FromSeconds(40);

    private readonly ManualClock _clock = new(new DateTimeOffset(2026, 11, 28, 12, 0, 0, TimeSpan.Zero));
    private HoldingEngine _engine = null!;
    private BudgetClient _client = null!;

    public Task InitializeAsync()
    {
        _engine = new HoldingEngine(_clock);
        _client = new BudgetClient(new BudgetClientOptions { Address = new Uri("http://engine.test"), HoldFor = Ttl }, _engine, _clock);
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await _client.DisposeAsync();
        _engine.Dispose();
    }

    [Fact]
    public async Task Call_OfThreeTtls_IsSettledWithinItsHold()
    {
        var call = await StartAsync();
        await RunAsync(Ttl * 3, Ttl / 2);

        await call.SettleAsync(new CallOutcome { Status = "success", Usage = new TokenUsage(1, 0, 0, 1, 0) });

        Assert.Equal((true, 0), (_engine.IsEnded, _engine.Late));
        Assert.Equal(6, _engine.Extensions);
        GC.KeepAlive(call);
    }

    [Fact]
    public async Task Caller_ThatLeavesBeforeTheAnswer_HoldsNothing()
    {
        var answers = new TaskCompletionSource();
        _engine.Answers = answers.Task;
        using var leaves = new CancellationTokenSource();
        var starting = BudgetedCall.StartAsync(_client, new CallEstimate { CostCenter = "acme", Model = "m" }, leaves.Token);
        await leaves.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => starting);
        Assert.False(_engine.IsEnded);

        answers.SetResult();
        await Eventually.HoldsAsync("what was granted is given back", () => _engine.IsEnded);
        Assert.Equal(0, _engine.Late);
    }

    [Fact]
    public async Task Engine_ThatIsAwayForAWhile_IsAskedAgainInTime()
    {
        var call = await StartAsync();
        _engine.IsDown = true;
        // Away when the hold is to be extended at half of its time; back before it is over.
        _clock.Advance(Ttl / 2);
        while (_clock.Now - Start < Ttl * 3 / 4) await StepAsync(TimeSpan.FromSeconds(1));
        _engine.IsDown = false;
        await Eventually.HoldsAsync("the hold is extended", () =>
        {
            _clock.Advance(TimeSpan.FromMilliseconds(20));
            return _engine.Extensions > 0;
        });

        Assert.Equal((true, 0), (_clock.Now - Start < Ttl, _engine.Late));
        await call.ReleaseAsync();
        Assert.Equal(0, _engine.Late);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Call_ThatHasEnded_IsExtendedNoMore(bool settles)
    {
        var call = await StartAsync();
        if (settles) await call.SettleAsync(new CallOutcome { Status = "error" });
        else await call.ReleaseAsync();

        await RunAsync(Ttl * 2, Ttl / 4, awaits: false);

        Assert.Equal((true, 0, 0), (_engine.IsEnded, _engine.Extensions, _engine.Late));
    }

    [Fact]
    public async Task Reservation_ThatHasEndedElsewhere_IsExtendedOnceInVain()
    {
        var call = await StartAsync();
        await _client.ReleaseAsync("rsv_1");

        await RunAsync(Ttl * 2, Ttl / 4, awaits: false);

        Assert.Equal(1, _engine.Extensions);
        GC.KeepAlive(call);
    }

    private static DateTimeOffset Start => new(2026, 11, 28, 12, 0, 0, TimeSpan.Zero);

    private Task<BudgetedCall> StartAsync() => BudgetedCall.StartAsync(_client, new CallEstimate { CostCenter = "acme/x", Model = "gpt", InputTokens = 1 });

    /// <summary>Lets the time pass; after each step the next extension is planned.</summary>
    private async Task RunAsync(TimeSpan time, TimeSpan step, bool awaits = true)
    {
        for (var passed = TimeSpan.Zero; passed < time; passed += step)
        {
            if (awaits) await _clock.TimerSetAsync(Ttl / 2).Within("the next extension is planned");
            _clock.Advance(step);
        }

        if (awaits) await _clock.TimerSetAsync(Ttl / 2).Within("the last extension is done");
    }

    /// <summary>Time passes while a question is repeated.</summary>
    private async Task StepAsync(TimeSpan by)
    {
        _clock.Advance(by);
        await Task.Yield();
    }
}
