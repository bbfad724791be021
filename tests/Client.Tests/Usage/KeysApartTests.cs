using BudgetEngine.Client.Tests.Harness;
using BudgetEngine.Client.Transport;
using BudgetEngine.Client.Usage;
using BudgetEngine.TestKit.Waiting;

namespace BudgetEngine.Client.Tests.Usage;

/// <summary>Records of several keys in one queue, where those of one key are to be sent again.</summary>
public sealed class KeysApartTests
{
    private readonly QuotaEngine _engine = new();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Key_WhoseRecordsAreToBeSentAgain_HoldsNoOtherUp(bool refusesRequests)
    {
        _engine.RefusesRequests = refusesRequests;
        _engine.UsedUp["full"] = true;
        await using var client = NewClient();
        for (var i = 0; i < 5; i++) await client.EnqueueAsync(Record("full", i));
        await Eventually.HoldsAsync("the quota is used up", () => _engine.Refused > 0);

        for (var i = 0; i < 5; i++) await client.EnqueueAsync(Record("other", i));
        await client.EnqueueAsync(Record(null, 0));
        await Eventually.HoldsAsync("the others are recorded", () => _engine.Taken.Count == 6);
        Assert.Equal(["/r-0", "other/r-0", "other/r-1", "other/r-2", "other/r-3", "other/r-4"], _engine.Taken.Order(StringComparer.Ordinal));
        Assert.Equal(5, client.WaitingRecords);

        var flushing = client.FlushAsync();
        Assert.False(flushing.IsCompleted);
        _engine.UsedUp.Clear();
        await flushing.Within("all is recorded");
        Assert.Equal(Enumerable.Range(0, 5).Select(i => $"full/r-{i}"), _engine.Taken.Where(t => t.StartsWith("full", StringComparison.Ordinal)));
        Assert.Equal(0, client.WaitingRecords);
    }

    /// <summary>However many keys fail, and however long each attempt takes, every second turn is another's.</summary>
    [Fact]
    public async Task Keys_ThatFailSlowly_HoldNoOtherUp()
    {
        _engine.RefusesAfter = TimeSpan.FromMilliseconds(100);
        await using var client = NewClient();
        for (var i = 0; i < 20; i++)
        {
            _engine.UsedUp[$"full-{i}"] = true;
            await client.EnqueueAsync(Record($"full-{i}", i));
        }

        // Each has failed, and its pause is over before its next turn comes.
        await Eventually.HoldsAsync("all are refused, and again", () => _engine.Refused > 40);
        var before = _engine.Refused;
        await client.EnqueueAsync(Record("other", 0));
        await Eventually.HoldsAsync("the other is recorded", () => !_engine.Taken.IsEmpty);

        Assert.InRange(_engine.Refused - before, 0, 5);
        _engine.UsedUp.Clear();
    }

    /// <summary>Callers without a key are told apart by their headers, of which each request has a list of its own.</summary>
    [Fact]
    public async Task Records_OfACallerWithoutAKey_GoTogether()
    {
        _engine.UsedUp[""] = true;
        await using var client = NewClient();
        for (var i = 0; i < 30; i++) await client.EnqueueAsync(Record(null, i) with { As = new EngineCredentials(null, [new("Host", "here")]) });
        await Eventually.HoldsAsync("they are refused", () => _engine.Refused > 2);
        _engine.UsedUp.Clear();
        await client.FlushAsync();

        // At most three go in one request.
        Assert.InRange(_engine.Requests - _engine.Refused, 10, 12);
    }

    [Fact]
    public async Task Client_ThatIsDisposedOf_SendsWhatItCanAndCountsTheRest()
    {
        _engine.UsedUp["full"] = true;
        var client = NewClient(flush: TimeSpan.FromSeconds(2));
        for (var i = 0; i < 7; i++) await client.EnqueueAsync(Record("full", i));
        for (var i = 0; i < 20; i++) await client.EnqueueAsync(Record($"other-{i % 4}", i));
        await client.DisposeAsync();
        Assert.Equal((20, 7, 0), (_engine.Taken.Count, client.LostRecords, client.WaitingRecords));
    }

    [Fact]
    public async Task Records_OfAllKeys_WaitUpToTheBoundOfTheQueue()
    {
        _engine.UsedUp["full"] = true;
        await using var client = NewClient(most: 10);
        for (var i = 0; i < 10; i++) await client.EnqueueAsync(Record("full", i));
        var waits = client.EnqueueAsync(Record("other", 0)).AsTask();
        await Eventually.HoldsAsync("the quota is used up", () => _engine.Refused > 3);
        Assert.False(waits.IsCompleted);

        _engine.UsedUp.Clear();
        await waits.Within("there is room");
        await client.FlushAsync();
        Assert.Equal(11, _engine.Taken.Count);
    }

    private BudgetClient NewClient(int most = 1_000, TimeSpan? flush = null) => new(
        new BudgetClientOptions
        {
            Address = new Uri("http://engine.test"), MaxBatch = 3, MaxQueuedRecords = most, MaxPause = TimeSpan.FromMilliseconds(100), FlushTimeout = flush ?? TimeSpan.FromSeconds(20),
        },
        _engine);

    private static UsageRecord Record(string? key, int number) =>
        new() { RequestId = $"r-{number}", CostCenter = "t/x", Cost = 0.001m, As = key is null ? null : new EngineCredentials(key) };
}
