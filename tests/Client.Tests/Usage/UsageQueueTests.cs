using BudgetEngine.Client.Tests.Harness;
using BudgetEngine.Client.Usage;
using BudgetEngine.TestKit.Engine;
using BudgetEngine.TestKit.Traffic;

namespace BudgetEngine.Client.Tests.Usage;

[Collection(nameof(ClientStand))]
public sealed class UsageQueueTests(ClientStand stand)
{
    [Fact]
    public async Task Records_OverALossyNetwork_AreEachRecordedOnce()
    {
        var seed = Seed.Next();
        var costCenter = await stand.Priced.NewCostCenterAsync();
        using var faults = new FaultyHandler(seed, 0.4);
        var client = new BudgetClient(stand.Options with { MaxBatch = 25, MaxPause = TimeSpan.FromMilliseconds(100), FlushTimeout = TimeSpan.FromSeconds(60) }, faults);
        for (var i = 0; i < 1_000; i++) await client.EnqueueAsync(Record(costCenter, $"q-{i}"));
        await client.DisposeAsync();
        Assert.True(faults.Faults > 0, $"seed {seed}");
        Assert.Equal(0, client.LostRecords);
        Assert.Equal(1_000, (await stand.Priced.Caller.ExportAsync(costCenter)).Count);
        Assert.Equal(Nano.Of(1_000 * 0.001m), (await stand.Priced.LimitOfAsync(costCenter)).Spent);
    }

    [Fact]
    public async Task Queue_ThatIsFull_LetsWhoeverAddsWait()
    {
        var costCenter = await stand.Priced.NewCostCenterAsync();
        using var network = new FaultyHandler(1, 0) { IsDown = true };
        await using var client = new BudgetClient(stand.Options with { MaxQueuedRecords = 2, MaxBatch = 1 }, network);
        for (var i = 0; i < 2; i++) await client.EnqueueAsync(Record(costCenter, $"f-{i}"));
        var waits = client.EnqueueAsync(Record(costCenter, "f-2")).AsTask();
        Assert.False(waits.IsCompleted);
        network.IsDown = false;
        await waits.WaitAsync(TimeSpan.FromSeconds(20));
        await client.FlushAsync();
        Assert.Equal(3, (await stand.Priced.Caller.ExportAsync(costCenter)).Count);
    }

    [Fact]
    public async Task Record_ThatTheEngineRefuses_IsToldAndHoldsNoOtherBack()
    {
        var costCenter = await stand.Priced.NewCostCenterAsync();
        var refused = new List<RejectedUsage>();
        await using var client = new BudgetClient(stand.Options with { OnRejected = refused.Add });
        await client.EnqueueAsync(new UsageRecord { RequestId = "bad", CostCenter = costCenter, Cost = 1, Timestamp = DateTimeOffset.UnixEpoch });
        await client.EnqueueAsync(Record(costCenter, "good"));
        await client.FlushAsync();
        Assert.Equal("timestamp_too_old", Assert.Single(refused).Code);
        Assert.Equal("good", Assert.Single(await stand.Priced.Caller.ExportAsync(costCenter)).RequestId);
    }

    [Fact]
    public async Task Batch_ThatIsTooLarge_IsSentInParts()
    {
        var costCenter = await stand.Priced.NewCostCenterAsync();
        using var network = new FaultyHandler(1, 0) { IsDown = true };
        await using var client = new BudgetClient(stand.Options with { MaxBatch = 3_000, OnRejected = r => throw new InvalidOperationException(r.Code) }, network);
        // 18 MB in two batches, of which the engine takes 8 MiB at once: one of them is larger.
        for (var i = 0; i < 2_300; i++) await client.EnqueueAsync(Record(costCenter, $"l-{i}") with { ErrorMessage = new string('x', 8_000) });
        await client.EnqueueAsync(new UsageRecord { RequestId = "bad", CostCenter = costCenter, Cost = 1, Timestamp = DateTimeOffset.UnixEpoch });
        await client.EnqueueAsync(Record(costCenter, "last"));
        network.IsDown = false;
        await client.FlushAsync();
        Assert.Equal(2_301, (await stand.Priced.Caller.ExportAsync(costCenter)).Count);
    }

    [Fact]
    public async Task Engine_ThatNeverComesBack_LosesRecordsThatAreCounted()
    {
        using var network = new FaultyHandler(1, 0) { IsDown = true };
        var client = new BudgetClient(stand.Options with { FlushTimeout = TimeSpan.FromMilliseconds(200) }, network);
        for (var i = 0; i < 7; i++) await client.EnqueueAsync(Record("t/x", $"l-{i}"));
        await client.DisposeAsync();
        Assert.Equal(7, client.LostRecords);
        Assert.Equal(0, client.WaitingRecords);
    }

    private static UsageRecord Record(string costCenter, string id) => new() { RequestId = id, CostCenter = costCenter, Cost = 0.001m };
}
