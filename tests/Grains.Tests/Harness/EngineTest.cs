using BudgetEngine.Ledger.Writer;
using BudgetEngine.TestKit.Waiting;

namespace BudgetEngine.Grains.Tests.Harness;

/// <summary>A test with an engine of its own and a tree of three levels.</summary>
public abstract class EngineTest : IAsyncLifetime
{
    protected const string Root = "";
    protected const string Middle = "eng";
    protected const string Leaf = "eng/search";
    protected const string Sibling = "eng/ads";
    protected static readonly string[] All = [Root, Middle, Leaf];

    protected Engine Engine { get; set; } = null!;

    protected ManualClock Clock => Engine.Clock;

    protected FaultyStore Faults => Engine.Faults;

    public virtual async Task InitializeAsync() => Engine = await Engine.StartAsync(Configure, OwnSilo, crashes: Crashes);

    public async Task DisposeAsync() => await Engine.DisposeAsync();

    /// <summary>True for tests that stop the silo.</summary>
    protected virtual bool OwnSilo => false;

    /// <summary>True for tests that need a real crash of an activation: they run on the simulated silo always.</summary>
    protected virtual bool Crashes => false;

    protected virtual void Configure(LedgerWriterOptions options)
    {
    }

    protected async Task AssertHeldAsync(long root, long middle, long leaf)
    {
        var held = (await Engine.HeldAsync(Root), await Engine.HeldAsync(Middle), await Engine.HeldAsync(Leaf));
        Assert.Equal((root, middle, leaf), held);
    }

    protected Task AssertHeldAsync(long everywhere) => AssertHeldAsync(everywhere, everywhere, everywhere);

    protected async Task AssertSpentAsync(long everywhere)
    {
        foreach (var node in All) Assert.Equal(everywhere, await Engine.SpentAsync(node));
    }
}
