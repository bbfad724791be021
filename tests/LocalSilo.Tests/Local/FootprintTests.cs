namespace BudgetEngine.LocalSilo.Tests;

[CollectionDefinition(nameof(FootprintTests), DisableParallelization = true)]
public sealed class FootprintCollection;

/// <summary>Runs while no other test does, since it looks at the memory of the process.</summary>
[Collection(nameof(FootprintTests))]
public sealed class FootprintTests
{
    [Fact]
    public async Task Activation_AtRest_TakesAFewHundredBytes()
    {
        const int Count = 50_000;
        await using var silo = Silos.OnThreads(options => options.AddGrain<Semantics.Grains.ITurnGrain, Semantics.Grains.TurnGrain>());
        await silo.GetGrain<Semantics.Grains.ITurnGrain>("warm").Turns(1);
        var before = GC.GetTotalMemory(forceFullCollection: true);

        for (var i = 0; i < Count; i++) await silo.GetGrain<Semantics.Grains.ITurnGrain>($"cost-center-{i}").Turns(1);

        var each = (GC.GetTotalMemory(forceFullCollection: true) - before) / Count;
        Assert.InRange(each, 100, 400);
    }
}
