using BudgetEngine.Domain.Budgets;
using BudgetEngine.Grains.Tests.Harness;
using BudgetEngine.TestKit.Waiting;

namespace BudgetEngine.Grains.Tests.Fence;

/// <summary>Two processes on one ledger, each with a silo that knows nothing of the other's: as a cluster does while it is split. One clock for all, the ledger's included.</summary>
public abstract class TwoProcessTest : IAsyncLifetime
{
    protected const string Root = "";
    protected const string Middle = "eng";
    protected const string Leaf = "eng/search";
    protected static readonly string[] All = [Root, Middle, Leaf];
    protected static readonly TimeSpan Tick = TimeSpan.FromTicks(1);
    protected static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    /// <summary>Has the nodes first.</summary>
    protected Engine A { get; private set; } = null!;

    protected Engine B { get; private set; } = null!;

    protected ManualClock Clock => A.Clock;

    protected TimeSpan Grace => A.Options.OutageGrace;

    public async Task InitializeAsync()
    {
        A = await Engine.StartAsync(ownSilo: true, process: "a");
        B = await A.BesideAsync("b");
        await A.PutBudgetAsync(Root, Budget);
        await A.PostAsync(Leaf, 10);
        await B.Catalog.RefreshAsync(CancellationToken.None);
    }

    public async Task DisposeAsync()
    {
        await B.DisposeAsync();
        await A.DisposeAsync();
    }

    protected virtual Budget Budget => Budgets.Daily(100);

    /// <summary>Brings the path into memory, as a check does that holds nothing.</summary>
    protected static Task WakeAsync(Engine engine) => engine.AskAsync(Leaf, engine.Check(Leaf, 1) with { DryRun = true });

    /// <summary>Ends activations in good order, and waits until the ledger has heard of it: no runtime says when that is.</summary>
    protected static async Task GiveUpAsync(Engine engine, params string[] nodes)
    {
        foreach (var below in nodes)
        {
            // It may have been given up before.
            var before = Times();
            await engine.DeactivateAsync(below);
            await Eventually.HoldsAsync($"{below} is given up", () => Times() > before);

            int Times() => engine.Faults.GivenUp.Count(n => n == engine.PathOf(below));
        }
    }

    /// <summary>Time passes; these processes go on renewing their leases each second, as they do.</summary>
    protected async Task PassAsync(TimeSpan time, params Engine[] alive)
    {
        while (time > TimeSpan.Zero)
        {
            var step = time < Second ? time : Second;
            Clock.Advance(step);
            time -= step;
            foreach (var engine in alive) await engine.Lease!.RenewAsync();
        }
    }
}
