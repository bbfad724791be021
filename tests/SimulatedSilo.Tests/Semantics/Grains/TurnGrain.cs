using Orleans.Concurrency;

namespace BudgetEngine.SimulatedSilo.Tests.Semantics.Grains;

/// <summary>Finds out whether two turns of it ever run at once.</summary>
public interface ITurnGrain : IGrainWithStringKey
{
    /// <summary>Makes so many turns; answers how often another one ran at the same time.</summary>
    Task<int> Turns(int count);
}

[Reentrant]
public sealed class TurnGrain(IGrainContext context) : Grain(context), ITurnGrain
{
    private int _inside;

    public async Task<int> Turns(int count)
    {
        var overlaps = 0;
        for (var i = 0; i < count; i++)
        {
            if (Interlocked.Increment(ref _inside) != 1) overlaps++;
            Thread.SpinWait(20);
            Interlocked.Decrement(ref _inside);
            await Task.Yield();
        }

        return overlaps;
    }
}
