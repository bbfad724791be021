using BudgetEngine.Domain.Budgets;
using BudgetEngine.Grains.Interfaces.Usage;
using BudgetEngine.Grains.Tests.Harness;

namespace BudgetEngine.Grains.Tests.CostCenters;

/// <summary>Made-up names cannot fill the memory: a limit of unknown cost centers per tenant and minute, which no known one and no usage ever meets.</summary>
public sealed class NewNodeTests : IAsyncLifetime
{
    private Engine Engine { get; set; } = null!;

    public async Task InitializeAsync()
    {
        // One of several processes: taking a node over leaves a row.
        Engine = await Engine.StartAsync(ownSilo: true, process: "a");
        await Engine.PutBudgetAsync("", Budgets.Daily(1_000));
        await Engine.PutBudgetAsync("funded", Budgets.Daily(500));
        await Engine.PostAsync("known", 1);
        await Engine.AskAsync("known", Engine.Check("known", 1) with { DryRun = true });
    }

    public async Task DisposeAsync() => await Engine.DisposeAsync();

    [Fact]
    public async Task Check_OfOneUnknownTooMany_IsDeniedUntilTheMinuteIsOver()
    {
        await FillAsync(3);

        var denied = await Engine.AskAsync("made-up", 1);

        Assert.Equal((DenialReason.RateLimited, 0L), (denied.Reason, denied.Attempt));
        Assert.InRange(denied.LapseAfter!.Value, TimeSpan.FromTicks(1), TimeSpan.FromMinutes(1));
        Assert.Equal(DenialReason.RateLimited, (await Engine.AskAsync("made-up", Engine.Check("made-up", 1) with { DryRun = true })).Reason);
        await PassAsync(denied.LapseAfter.Value);
        Assert.Equal(DenialReason.None, (await Engine.AskAsync("made-up", 1)).Reason);
    }

    [Fact]
    public async Task Check_OfAKnownOne_IsNeverLimited()
    {
        await Engine.PostAsync("asleep", 1);
        await Engine.DeactivateAsync("asleep");
        await FillAsync(3);

        Assert.Equal(DenialReason.None, (await Engine.AskAsync("funded", 1)).Reason);
        Assert.Equal(DenialReason.None, (await Engine.AskAsync("known", 1)).Reason);
        Assert.Equal(DenialReason.None, (await Engine.AskAsync("asleep", 1)).Reason);
    }

    [Fact]
    public async Task Usage_OfOneUnknownTooMany_IsRecorded_AndMakesItKnown()
    {
        await FillAsync(3);
        Assert.Equal(DenialReason.RateLimited, (await Engine.AskAsync("made-up", 1)).Reason);

        Assert.Equal(PostOutcome.Recorded, (await Engine.PostAsync("made-up", 7)).Outcome);

        Assert.Equal(DenialReason.None, (await Engine.AskAsync("made-up", 1)).Reason);
        Assert.Equal(7, await Engine.SpentAsync("made-up"));
    }

    [Fact]
    public async Task Check_ThatIsRefused_LeavesNothingBehind()
    {
        await FillAsync(1);
        Assert.Equal(DenialReason.RateLimited, (await Engine.AskAsync("made-up", 1)).Reason);

        // The first to take it over ever.
        var registered = await Engine.Store.Nodes.RegisterAsync([Engine.PathOf("made-up")], Engine.Today, Engine.Clock.Now, "b#9", CancellationToken.None);
        Assert.Equal((1, false), (registered[0].Epoch, registered[0].Exists));
        Assert.Equal(0, await Engine.HeldAsync(""));
    }

    [Fact]
    public async Task Check_OfUnknownOnesBelowOneSubtree_LeavesHalfOfThemToTheOthers()
    {
        await PassAsync(TimeSpan.FromMinutes(1));
        Engine.NewNodes.MaxNewPerMinute = 8;
        for (var i = 0; i < 4; i++) Assert.Equal(DenialReason.None, (await Engine.AskAsync($"funded/new{i}", Engine.Check($"funded/new{i}", 1, ttl: Second) with { DryRun = true })).Reason);

        Assert.Equal(DenialReason.RateLimited, (await Engine.AskAsync("funded/one-more", 1)).Reason);

        Assert.Equal(DenialReason.None, (await Engine.AskAsync("known/new", 1)).Reason);
        Assert.Equal(DenialReason.None, (await Engine.AskAsync("funded", 1)).Reason);
    }

    /// <summary>Brings unknown ones into memory until the tenant has taken all it may; what the set-up brought counts too.</summary>
    private async Task FillAsync(int unknown)
    {
        await PassAsync(TimeSpan.FromMinutes(1));
        Engine.NewNodes.MaxNewPerMinute = unknown;
        for (var i = 0; i < unknown; i++) Assert.Equal(DenialReason.None, (await Engine.AskAsync($"new{i}", Engine.Check($"new{i}", 1, ttl: Second) with { DryRun = true })).Reason);
    }

    private static TimeSpan Second => TimeSpan.FromSeconds(1);

    private async Task PassAsync(TimeSpan time)
    {
        for (; time > TimeSpan.Zero; time -= Second)
        {
            Engine.Clock.Advance(time < Second ? time : Second);
            await Engine.Lease!.RenewAsync();
        }
    }
}
