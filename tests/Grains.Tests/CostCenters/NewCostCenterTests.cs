using BudgetEngine.Domain.Alerts;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Domain.Usage;
using BudgetEngine.Grains.CostCenters;
using BudgetEngine.Grains.Interfaces.Usage;
using BudgetEngine.Grains.Tests.Alerts;
using BudgetEngine.Grains.Tests.Harness;

namespace BudgetEngine.Grains.Tests.CostCenters;

/// <summary>Names that nobody knows: checks and records say so, and where a tenant lets none begin their usage is booked at a known ancestor.</summary>
public sealed class NewCostCenterTests : AlertTest
{
    private const string Known = "engineering/search";

    private const string Unknown = "enginering/search";

    [Fact]
    public async Task Check_SaysNew_UntilThereIsUsageOrABudget()
    {
        await Engine.PutBudgetAsync("", Budgets.Daily(1_000));
        Assert.True((await Engine.AskAsync("a", 1)).New);
        Assert.True((await Engine.AskAsync("a", 1)).New);
        Assert.True((await Engine.AskAsync("a", 5_000)).New);
        Assert.True((await Engine.AskAsync("a", Engine.Check("a", 1) with { DryRun = true })).New);

        await Engine.PostAsync("a", 1);
        await Engine.PutBudgetAsync("b/c", Budgets.Daily(10));

        foreach (var known in new[] { "a", "b", "b/c", "" }) Assert.False((await Engine.AskAsync(known, 1)).New);
        await Engine.DeactivateAsync("a");
        Assert.False((await Engine.AskAsync("a", 1)).New);
    }

    [Fact]
    public async Task Record_OfANewCostCenter_IsFlaggedOnce_AndToldOnce_WithTheNearestName()
    {
        await Engine.PostAsync(Known, 1);
        var record = Engine.Usage(Unknown, 1);

        var first = await Engine.PostPlainlyAsync(Unknown, record);
        var repeat = await Engine.PostPlainlyAsync(Unknown, record);
        var next = await Engine.PostPlainlyAsync(Unknown, Engine.Usage(Unknown, 2));
        await Engine.DeactivateAsync(Unknown);
        var later = await Engine.PostPlainlyAsync(Unknown, Engine.Usage(Unknown, 3));

        Assert.Equal((PostOutcome.Recorded, RowFlags.NewCostCenter, 2), (first.Outcome, (RowFlags)first.Flags, first.NewFrom));
        Assert.Equal((PostOutcome.Duplicate, RowFlags.NewCostCenter, 0), (repeat.Outcome, (RowFlags)repeat.Flags, repeat.NewFrom));
        Assert.Equal((0, 0, 0, 0), (next.Flags, next.NewFrom, later.Flags, later.NewFrom));
        await StoredAsync(2);
        Assert.Equal(
            [(Engine.PathOf(Known), null), (Engine.PathOf(Unknown), Engine.PathOf(Known))],
            (await StoredAsync()).Where(a => a.Type == AlertType.CostCenterCreated).Select(a => (a.CostCenter, a.Detail)).OrderBy(a => a.CostCenter, StringComparer.Ordinal));
    }

    [Fact]
    public async Task NewCostCenters_BeyondTheHour_AreFlagged_AndNotTold()
    {
        for (var i = 0; i < NewNodes.MaxToldPerHour + 5; i++) Assert.NotEqual(0, (await Engine.PostPlainlyAsync($"c{i}", Engine.Usage($"c{i}", 1))).Flags);
        await StoredAsync(NewNodes.MaxToldPerHour);
        Engine.Advance(TimeSpan.FromHours(1));
        await Engine.PostAsync("later", 1);

        await StoredAsync(NewNodes.MaxToldPerHour + 1);
        Assert.Equal(NewNodes.MaxToldPerHour + 1, (await StoredAsync()).Count(a => a.Type == AlertType.CostCenterCreated));
    }

    [Fact]
    public async Task Usage_OfAnUnknownOne_WhereNoneMayBegin_IsBookedAtTheNearestKnownAncestor_AndKeepsTheName()
    {
        await DenyNewAsync();
        await Engine.PostAsync("engineering", 1);
        Assert.Equal(0, await Engine.SpentAsync("engineering"));
        await Engine.PutBudgetAsync("engineering", Budgets.Daily(100));

        var deep = Engine.Usage("engineering/x/y", 5);
        var booked = await Engine.PostPlainlyAsync("engineering/x/y", deep);
        var repeat = await Engine.PostPlainlyAsync("engineering/x/y", deep);

        Assert.Equal((PostOutcome.Recorded, RowFlags.UnknownCostCenter), (booked.Outcome, (RowFlags)booked.Flags));
        Assert.Equal((PostOutcome.Duplicate, RowFlags.UnknownCostCenter), (repeat.Outcome, (RowFlags)repeat.Flags));
        Assert.Equal((0, 5, 6), (await Engine.SpentAsync("engineering/x/y"), await Engine.SpentAsync("engineering"), await Engine.SpentAsync("")));
        var row = (await Engine.Store.Lookup.ReadRecordAsync(Engine.Tenant, deep.Row.RequestId, CancellationToken.None))!;
        Assert.Equal((Engine.PathOf("engineering"), $$"""{"unknown_cost_center":"{{Engine.PathOf("engineering/x/y")}}"}"""), (row.CostCenter, row.TagsJson));
        Assert.False((await Engine.ViewAsync("engineering/x")).Exists);
    }

    [Fact]
    public async Task Usage_OfAKnownOne_OrOfAReservation_StaysWhereItIs_WhereNoneMayBegin()
    {
        await Engine.PostAsync("known", 1);
        var held = await Engine.HoldAsync("was-allowed", 10);
        await DenyNewAsync();

        Assert.Equal(0, (await Engine.PostPlainlyAsync("known", Engine.Usage("known", 2))).Flags);
        var settled = await Engine.PostPlainlyAsync("was-allowed", Engine.Settlement(held, 4));

        Assert.Equal((RowFlags.NewCostCenter, 3, 4), ((RowFlags)settled.Flags, await Engine.SpentAsync("known"), await Engine.SpentAsync("was-allowed")));
        Assert.Equal(0, await Engine.HeldAsync(""));
    }

    [Fact]
    public async Task Settle_UnderAnUnknownOne_WhereNoneMayBegin_GivesTheHoldBack_AndIsBookedAtTheAncestor()
    {
        await Engine.PutBudgetAsync("engineering", Budgets.Daily(100));
        await DenyNewAsync();
        var held = await Engine.HoldAsync("engineering", 10);

        var settled = await Engine.PostPlainlyAsync("engineering", Engine.Settlement(held, 4, elsewhere: "engineering/made-up"));

        Assert.Equal(RowFlags.UnknownCostCenter | RowFlags.OtherCostCenter, (RowFlags)settled.Flags);
        Assert.Equal((4, 0), (await Engine.SpentAsync("engineering"), await Engine.HeldAsync("engineering")));
    }

    [Fact]
    public async Task Repeat_OnceTheCostCenterIsKnown_IsStillADuplicate()
    {
        await DenyNewAsync();
        var record = Engine.Usage("late", 5);
        Assert.Equal(RowFlags.UnknownCostCenter, (RowFlags)(await Engine.PostPlainlyAsync("late", record)).Flags);

        await Engine.PutBudgetAsync("late", Budgets.Daily(100));

        Assert.Equal(PostOutcome.Duplicate, (await Engine.PostPlainlyAsync("late", record)).Outcome);
        Assert.Equal(PostOutcome.Recorded, (await Engine.PostPlainlyAsync("late", Engine.Usage("late", 6))).Outcome);
        Assert.Equal((6, 11), (await Engine.SpentAsync("late"), await Engine.SpentAsync("")));
    }

    private Task DenyNewAsync() => Engine.PutBudgetAsync("", Budget.Empty, tenant: TenantSettings.New(Engine.Tenant) with { DenyNewCostCenters = true });
}
