using BudgetEngine.Cluster.Harness;
using BudgetEngine.Cluster.Traffic;
using BudgetEngine.TestKit.Engine;
using BudgetEngine.TestKit.Facts;
using BudgetEngine.TestKit.Waiting;
using BudgetEngine.Torture.Traffic;
using Xunit.Abstractions;

namespace BudgetEngine.Cluster.Survival;

/// <summary>Silos that do not reach each other while their budgets are being used up: each reaches PostgreSQL, and callers reach each. It is what splits clusters.</summary>
[Collection(SurvivalCollection.Name)]
public sealed class SplitTests(ITestOutputHelper output)
{
    private const string Posted = "posted";

    private static readonly TimeSpan _split = TimeSpan.FromSeconds(12);
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(50);

    public static TheoryData<string> Ways => LongForms.Wanted ? ["split", "split-one-way"] : ["split-one-way"];

    [SplitTheory]
    [MemberData(nameof(Ways))]
    public async Task Split_BetweenSilos_GrantsNothingTwiceKeepsEachRecordOnceAndHealsByItself(string how)
    {
        await using var arena = await ClusterArena.StartAsync(3, network: true);
        var budgets = await BudgetsAtSilos.SetAsync(arena.Cluster);
        var spenders = new Spenders(arena.Caller, BudgetsAtSilos.Amount, "spend");
        spenders.Start(budgets.All);
        using var stopping = new CancellationTokenSource();
        var posting = PostAsync(arena.Caller, stopping.Token);
        await Eventually.HoldsAsync("every budget is partly used", () => budgets.All.All(n => spenders.AllowedAt(n) >= 15), 60);
        var epochs = await SplitNemeses.EpochsAsync(arena);

        var cut = Environment.TickCount64;
        if (how == "split") SplitNemeses.Whole(arena);
        else SplitNemeses.OneWay(arena, arena.Silos[1]);
        var ended = await SplitNemeses.LastAsync(arena, _split);
        var healed = Environment.TickCount64;
        var unanswered = spenders.All.Count(a => a.At >= cut && a.ReservationId is null && a.Reason != "budget_exceeded");
        output.WriteLine($"During the split: {Kinds(spenders.All.Where(a => a.At >= cut))}");
        ended += await SplitNemeses.MendAsync(arena);
        var mended = Environment.TickCount64 - healed;
        await spenders.WhenUsedUpAsync(budgets.All);
        await spenders.StopAsync();
        await spenders.ResolveAsync();
        await stopping.CancelAsync();

        var moved = await SplitNemeses.MovedSinceAsync(arena, epochs);
        output.WriteLine($"{ended} silos ended and were started again; all were ready {mended} ms after the split; {moved.Count} cost centers came into memory anew");
        output.WriteLine($"In all: {Kinds(spenders.All)}");
        Assert.True(unanswered > 0, "Nobody has missed the way between the silos.");
        foreach (var node in budgets.All) await AssertExactAsync(arena.Caller, spenders, node, mayForget: moved.Contains(node) && budgets.Memory.Contains(node));
        var rows = (await arena.Caller.ExportAsync(Posted)).Select(r => r.RequestId).ToList();
        Assert.Equal(Enumerable.Range(0, await posting).Select(i => $"record-{i}").Order(StringComparer.Ordinal), rows.Order(StringComparer.Ordinal));
        Assert.Equal(rows.Count, await arena.Caller.AssertConsistentAsync());
    }

    private static string Kinds(IEnumerable<Asked> asked) =>
        string.Join(", ", asked.GroupBy(a => a.Reason ?? (a.IsUnknown ? "no answer" : "allow")).Select(k => $"{k.Count()} {k.Key}"));

    /// <summary>Exactly as many checks are held as fit; what was granted beyond is forgotten, with a memory that was lost.</summary>
    private async Task AssertExactAsync(Caller caller, Spenders spenders, string node, bool mayForget)
    {
        var granted = spenders.All.Where(a => a.Node == node && a.ReservationId is not null).ToList();
        var held = 0;
        foreach (var grant in granted)
        {
            if ((await caller.GetAsync($"/v1/reservations/{grant.ReservationId}")).Status == 200) held++;
        }

        if (granted.Count > held) output.WriteLine($"{node}: {granted.Count} granted, {granted.Count - held} of them forgotten");
        Assert.Equal((node, BudgetsAtSilos.Units, 10 * Nano.PerUnit), (node, held, await BudgetsAtSilos.HeldAsync(caller, node)));
        if (!mayForget) Assert.Equal((node, held), (node, granted.Count));
    }

    /// <summary>One record after the other, each until it is acknowledged. Returns how many.</summary>
    private static async Task<int> PostAsync(Caller caller, CancellationToken stop)
    {
        var count = 0;
        for (; !stop.IsCancellationRequested; count++)
        {
            while (!await IsAcknowledgedAsync(caller, $"record-{count}")) await Task.Delay(_pause, CancellationToken.None);
        }

        return count;
    }

    private static async Task<bool> IsAcknowledgedAsync(Caller caller, string id)
    {
        try
        {
            return (await caller.ReportAsync(id, $"{Posted}/team", 0.01m)).Status == 200;
        }
        catch (Exception gone) when (MixedLoad.IsGone(gone))
        {
            return false;
        }
    }
}
