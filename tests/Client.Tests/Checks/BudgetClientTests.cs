using System.Net;
using BudgetEngine.Client.Checks;
using BudgetEngine.Client.Tests.Harness;
using BudgetEngine.Client.Transport;
using BudgetEngine.Client.Usage;
using BudgetEngine.TestKit.Engine;

namespace BudgetEngine.Client.Tests.Checks;

[Collection(nameof(ClientStand))]
public sealed class BudgetClientTests(ClientStand stand)
{
    [Fact]
    public async Task Reservation_FromCheckToSettlement_IsWhatTheEngineSays()
    {
        await using var client = stand.NewClient();
        var costCenter = await stand.Priced.NewCostCenterAsync(daily: 10);
        var check = await client.CheckAsync(new CheckRequest { CostCenter = costCenter, Amount = 1.5m, User = "u-1" });
        Assert.True(check.Allowed);
        Assert.Equal(1.5m, check.Granted);
        Assert.Equal(8.5m, check.Tightest!.Available);
        Assert.Equal(2m, (await client.ExtendAsync(check.ReservationId!, TimeSpan.FromMinutes(20), amount: 2)).Granted);
        Assert.Equal(2m, (await client.GetReservationAsync(check.ReservationId!)).Left);
        var settled = await client.RecordAsync(new UsageRecord { RequestId = "r-1", ReservationId = check.ReservationId, Cost = 1.25m });
        Assert.Equal("recorded", settled.Result);
        Assert.Equal(8.75m, settled.Tightest!.Remaining);
        Assert.Equal("settled", (await client.GetReservationAsync(check.ReservationId!)).State);
        Assert.Equal("duplicate", (await client.RecordAsync(new UsageRecord { RequestId = "r-1", ReservationId = check.ReservationId, Cost = 1.25m })).Result);
    }

    [Fact]
    public async Task Release_OfAReservation_GivesBackWhatItHeld()
    {
        await using var client = stand.NewClient();
        var costCenter = await stand.Priced.NewCostCenterAsync();
        var check = await client.CheckAsync(new CheckRequest { CostCenter = costCenter, Amount = 1 });
        Assert.Equal("released", (await client.ReleaseAsync(check.ReservationId!)).State);
        Assert.Equal(0, (await stand.Priced.LimitOfAsync(costCenter)).Held);
    }

    [Fact]
    public async Task Reads_OfACostCenter_ShowItsSpend()
    {
        await using var client = stand.NewClient();
        var costCenter = await stand.Priced.NewCostCenterAsync(daily: 10);
        await client.RecordAsync(new UsageRecord { RequestId = "r", CostCenter = costCenter, Cost = 2.5m });
        Assert.Equal(2.5m, (await client.GetCostCenterAsync(costCenter)).SpentToday);
        var tenant = costCenter[..costCenter.IndexOf('/')];
        Assert.Contains((await client.ListCostCentersAsync(tenant)).Items, i => i.CostCenter == tenant && i.SpentToday == 2.5m);
        var limits = await client.GetLimitsAsync(costCenter);
        Assert.Equal("allow", limits.Decision);
        Assert.Equal(7.5m, Assert.Single(limits.Items).Remaining);
    }

    [Fact]
    public async Task Answer_ThatIsLost_DoesNotHoldTheAmountTwice()
    {
        var costCenter = await stand.Priced.NewCostCenterAsync();
        using var faults = new FaultyHandler(7, 0.5);
        await using var client = new BudgetClient(stand.Options, faults);
        for (var i = 0; i < 20; i++) Assert.NotNull((await client.CheckAsync(new CheckRequest { CostCenter = costCenter, Amount = 0.01m })).ReservationId);
        Assert.True(faults.Faults > 5);
        Assert.Equal(Nano.Of(0.2m), (await stand.Priced.LimitOfAsync(costCenter)).Held);
    }

    [Fact]
    public async Task Request_ThatIsWrong_ThrowsWithTheEnginesCode()
    {
        await using var client = stand.NewClient();
        var refused = await Assert.ThrowsAsync<BudgetEngineException>(() => client.CheckAsync(new CheckRequest { CostCenter = "Not A Path!", Amount = 1 }));
        Assert.Equal((HttpStatusCode.BadRequest, "invalid_cost_center"), (refused.Status, refused.Code));
    }

    [Fact]
    public async Task Key_OfACaller_IsNeverWrittenOut()
    {
        await using var client = stand.NewClient();
        var secret = new EngineCredentials("bk_secret");
        Assert.DoesNotContain("secret", $"{secret}", StringComparison.Ordinal);
        var refused = await Assert.ThrowsAsync<BudgetEngineException>(() => client.CheckAsync(new CheckRequest { CostCenter = "a", Amount = 1, As = secret }));
        Assert.Equal("invalid_key", refused.Code);
    }

    [Fact]
    public async Task EngineAway_Closed_Denies()
    {
        await using var client = Away(OutagePolicy.Closed);
        var answer = await client.CheckAsync(new CheckRequest { CostCenter = "a", Amount = 1 });
        Assert.Equal(("deny", CheckAnswer.EngineUnavailable), (answer.Decision, answer.Reason));
    }

    [Fact]
    public async Task EngineAway_Open_AllowsWithoutAReservation()
    {
        await using var client = Away(OutagePolicy.Open);
        var answer = await client.CheckAsync(new CheckRequest { CostCenter = "a", Amount = 1_000_000 });
        Assert.True(answer is { Allowed: true, Degraded: true, ReservationId: null });
    }

    [Fact]
    public async Task EngineAway_OpenUpToAnAmount_DeniesOnceItIsReached_AndBeginsAnewWhenTheEngineAnswers()
    {
        var costCenter = await stand.Priced.NewCostCenterAsync();
        using var network = new FaultyHandler(1, 0) { IsDown = true };
        await using var client = new BudgetClient(
            stand.Options with { Timeout = TimeSpan.FromMilliseconds(500), OnOutage = OutagePolicy.OpenUpTo, OutageLimit = 2.5m, OutageAmountPerCall = 1.5m }, network);
        Assert.True((await client.CheckAsync(new CheckRequest { CostCenter = costCenter, Amount = 1 })).Allowed);
        Assert.True((await client.CheckAsync(new CheckRequest { CostCenter = costCenter, Model = "m", InputTokens = 1 })).Allowed);
        Assert.False((await client.CheckAsync(new CheckRequest { CostCenter = costCenter, Amount = 0.01m })).Allowed);
        network.IsDown = false;
        CheckAnswer back;
        do back = await client.CheckAsync(new CheckRequest { CostCenter = costCenter, Amount = 1 });
        while (back.Reason == CheckAnswer.EngineUnavailable);
        Assert.NotNull(back.ReservationId);
        network.IsDown = true;
        Assert.True((await client.CheckAsync(new CheckRequest { CostCenter = costCenter, Amount = 2 })).Allowed);
    }

    [Fact]
    public void Options_OutOfRange_AreRefusedAllAtOnce()
    {
        var fault = Assert.Throws<ArgumentException>(() => new BudgetClient(stand.Options with { MaxBatch = 0, MaxQueuedRecords = 0 }));
        Assert.Contains("MaxBatch", fault.Message, StringComparison.Ordinal);
        Assert.Contains("MaxQueuedRecords", fault.Message, StringComparison.Ordinal);
    }

    private static BudgetClient Away(OutagePolicy policy) =>
        new(new BudgetClientOptions { Address = new Uri("http://127.0.0.1:9"), Timeout = TimeSpan.FromMilliseconds(200), OnOutage = policy });
}
