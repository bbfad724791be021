using BudgetEngine.Integration.Tests.Harness;
using BudgetEngine.TestKit.Engine;
using BudgetEngine.TestKit.Traffic;
using BudgetEngine.TestKit.Waiting;
using Xunit.Abstractions;

namespace BudgetEngine.Integration.Tests;

/// <summary>Section 3 and invariant 1: what fits is allowed, and nothing more, whoever asks at the same time.</summary>
public sealed class AdmissionTests(ITestOutputHelper output)
{
    private const int Checks = 2_000;
    private const int Leaves = 50;
    private const int AtOnce = 64;

    [Fact]
    public async Task Check_TwoThousandAtOnceForAHundredPlaces_AllowsExactlyAHundred()
    {
        using var store = Store.NewSqlite();
        await using var engine = await EngineProcess.StartAsync(store);
        var caller = engine.Caller;
        await caller.SetBudgetAsync("acme/dept", new { daily = 100 });

        var answers = await Load.RunAsync(Checks, AtOnce, i => caller.CheckAsync($"acme/dept/leaf-{i % Leaves}", 1));

        Assert.Equal(100, answers.Count(a => a.Allowed));
        Assert.All(answers.Where(a => !a.Allowed), a => Assert.Equal("budget_exceeded", a.Reason));
        var window = await caller.LimitAsync("acme/dept");
        Assert.Equal((100 * Nano.PerUnit, 0L), (window.Held, window.Spent));
    }

    [Fact]
    public async Task Check_SettledAtLowerCostUnderLoad_AllowsWhatFitsAndNeverPassesTheLimit()
    {
        using var store = Store.NewSqlite();
        await using var engine = await EngineProcess.StartAsync(store);
        var caller = engine.Caller;
        await caller.SetBudgetAsync("acme/dept", new { daily = 100 });
        var allowed = 0;

        var load = Load.RunAsync(Checks, AtOnce, async i =>
        {
            if (!await CheckAndSettleAsync(caller, $"acme/dept/leaf-{i % Leaves}", $"r-{i}")) return false;
            Interlocked.Increment(ref allowed);
            return true;
        });
        var probes = await Load.WhileAsync(load, async () => Assert.All(await caller.LimitsAsync("acme/dept"), w => Assert.True(IsWithin(w), w.ToString())));
        // What the load left over is filled up one by one: 166 x 0.6 + 1 does not fit any more, 165 x 0.6 + 1 did.
        while (await CheckAndSettleAsync(caller, "acme/dept/last", $"last-{allowed}")) allowed++;

        output.WriteLine($"{allowed} allowed; the limit was looked at {probes} times");
        Assert.Equal(166, allowed);
        var window = await caller.LimitAsync("acme/dept");
        Assert.Equal((0L, Nano.Of(166 * 0.6m)), (window.Held, window.Spent));
        await caller.AssertConsistentAsync();
    }

    [Fact]
    public async Task Check_LimitsAtThreeLevels_PassesNoneOfThemAndFillsTheTightest()
    {
        using var store = Store.NewSqlite();
        await using var engine = await EngineProcess.StartAsync(store);
        var caller = engine.Caller;
        var random = Seed.NewRandom(output);
        await caller.SetBudgetAsync("acme", new { daily = 120 });
        for (var d = 0; d < 3; d++)
        {
            await caller.SetBudgetAsync($"acme/d{d}", new { daily = 50, monthly = 60 });
            for (var l = 0; l < 10; l++) await caller.SetBudgetAsync($"acme/d{d}/l{l}", new { daily = 7 });
        }

        var plan = Enumerable.Range(0, Checks).Select(_ => (Path: $"acme/d{random.Next(3)}/l{random.Next(10)}", Amount: random.Next(1, 2_000) / 1_000m, Fate: random.Next(4))).ToArray();
        var load = Load.RunAsync(Checks, AtOnce, async i =>
        {
            var (path, amount, fate) = plan[i];
            var check = await caller.CheckAsync(path, amount);
            if (!check.Allowed) return false;
            if (fate == 0) (await caller.DeleteAsync($"/v1/reservations/{check.ReservationId}")).Is(200);
            else if (fate < 3) (await caller.SettleAsync($"s-{i}", check.ReservationId, amount * fate / 3)).Is(200);
            return true;
        });
        var turn = 0;
        await Load.WhileAsync(load, () =>
        {
            var path = $"acme/d{turn % 3}/l{turn++ % 10}";
            return AssertWithinAsync(caller, path);
        });

        // Small checks fill every leaf; afterwards nothing fits anywhere because some level above or the leaf itself is full.
        for (var leaf = 0; leaf < 30; leaf++)
        {
            var path = $"acme/d{leaf % 3}/l{leaf / 3}";
            while ((await caller.CheckAsync(path, 1m)).Allowed)
            {
                // Another one may fit.
            }

            await AssertWithinAsync(caller, path);
            Assert.Contains(await caller.LimitsAsync(path), w => w.Limit - w.Spent - w.Held < Nano.PerUnit);
        }

        var allowed = (await load).Count(a => a);
        output.WriteLine($"{allowed} of {Checks} allowed");
        Assert.InRange(allowed, 100, Checks - 1);
        await caller.AssertConsistentAsync();
    }

    private static async Task<bool> CheckAndSettleAsync(Caller caller, string path, string id)
    {
        var check = await caller.CheckAsync(path, 1);
        if (!check.Allowed) return false;
        (await caller.SettleAsync(id, check.ReservationId, 0.6m)).Is(200);
        return true;
    }

    /// <summary>
    /// Above the leaf, whose turn of a commit applies all of it, at each look. Where one batch has two settles of a leaf, the later one counts there twice between its two turns, as spent and as still
    /// held: too much for a moment, never too little.
    /// </summary>
    private static async Task AssertWithinAsync(Caller caller, string leaf)
    {
        var windows = await caller.LimitsAsync(leaf);
        Assert.All(windows.Where(w => w.CostCenter != leaf), w => Assert.True(IsWithin(w), w.ToString()));
        if (!windows.All(IsWithin)) await Eventually.HoldsAsync($"no limit is passed: {string.Join("; ", windows)}", async () => (await caller.LimitsAsync(leaf)).All(IsWithin), 5);
    }

    private static bool IsWithin(WindowFacts window) => window.Spent + window.Held <= window.Limit;
}
