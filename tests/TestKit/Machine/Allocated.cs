namespace BudgetEngine.TestKit.Machine;

/// <summary>What code allocates.</summary>
public static class Allocated
{
    private const int Rounds = 5;

    /// <summary>
    /// Bytes that the work allocates on this thread each time: the least of a few rounds. While a method is compiled anew the runtime allocates too, in whichever round that happens to be.
    /// </summary>
    public static long Each(Action work)
    {
        var least = long.MaxValue;
        for (var round = 0; round < Rounds; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            work();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }
}
