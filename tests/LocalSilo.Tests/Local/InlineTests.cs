namespace BudgetEngine.LocalSilo.Tests;

public sealed class InlineTests
{
    [Fact]
    public async Task Call_ToAnIdleActivation_RunsOnTheThreadOfItsCaller()
    {
        await using var silo = Silos.OnThreads();
        var grain = silo.Worker("w");
        var isInline = false;

        // The first reply comes while another thread still holds the activation, and so may some more.
        for (var i = 0; i < 10_000 && !isInline; i++) isInline = await grain.RunsOn(Environment.CurrentManagedThreadId);

        Assert.True(isInline);
    }

    [Fact]
    public async Task Call_ThatRunsInline_SeesNothingOfItsCallersContext()
    {
        await using var silo = Silos.OnThreads();
        var grain = silo.Worker("w");
        await grain.Count();
        WorkerGrain.CallersContext.Value = "caller";
        var context = new SynchronizationContext();
        SynchronizationContext.SetSynchronizationContext(context);

        var seen = grain.SeesCallersContext();

        Assert.Same(context, SynchronizationContext.Current);
        Assert.Equal("caller", WorkerGrain.CallersContext.Value);
        SynchronizationContext.SetSynchronizationContext(null);
        Assert.False(await seen);
    }

    [Fact]
    public async Task Chain_OfManyIdleGrains_DoesNotExhaustTheStack()
    {
        await using var silo = Silos.OnThreads();
        await silo.Worker("w").Chain(5_000);

        Assert.Equal(5_000, await silo.Worker("w").Chain(5_000));
    }
}
