using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Grains.Tests.Harness;

namespace BudgetEngine.Grains.Tests.CostCenters;

/// <summary>No caller takes the room for holds of cost centers above its own.</summary>
public sealed class HoldRoomTests : EngineTest
{
    private static readonly long _most = TenantSettings.DefaultMaxRecordCost.Nanos;

    [Fact]
    public async Task Check_OfMoreThanARecordMayCost_IsDeniedForItself_AndHoldsNothing()
    {
        for (var i = 0; i < 5; i++) Assert.Equal(DenialReason.ImplausibleAmount, (await Engine.AskAsync(Leaf, Money.MaxInput.Nanos)).Reason);
        Assert.Equal(DenialReason.ImplausibleAmount, (await Engine.AskAsync(Leaf, Engine.Check(Leaf, _most + 1) with { DryRun = true })).Reason);

        Assert.Equal(DenialReason.None, (await Engine.AskAsync(Leaf, _most)).Reason);
        Assert.Equal(DenialReason.None, (await Engine.AskAsync("other", 1)).Reason);
        Assert.Equal(_most + 1, await Engine.HeldAsync(Root));
    }

    [Fact]
    public async Task Extension_ToMoreThanARecordMayCost_IsRefused_AndLeavesTheHold()
    {
        var held = await Engine.HoldAsync(Leaf, 5);

        Assert.Equal(DenialReason.ImplausibleAmount, (await Engine.ExtendAsync(held, amount: _most + 1)).Reason);
        Assert.Equal(5, await Engine.HeldAsync(Root));
        Assert.Equal(DenialReason.None, (await Engine.ExtendAsync(held, amount: _most)).Reason);
    }

    [Fact]
    public async Task Extension_AfterHeartbeats_CountsWhatIsHeld()
    {
        var held = await Engine.HoldAsync(Leaf, _most);
        await Engine.SettleAsync(held, _most - 1, final: false);

        Assert.Equal(DenialReason.None, (await Engine.ExtendAsync(held, amount: 2 * _most - 1)).Reason);
        Assert.Equal(_most, await Engine.HeldAsync(Root));
    }
}
