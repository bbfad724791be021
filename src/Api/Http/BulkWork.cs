namespace BudgetEngine.Api.Http;

/// <summary>
/// Where large bodies, lists, reports and exports are worked on: on all processors but one at most, so that whoever asks something small finds one free, and one piece at a time, so that on each of them small work
/// that waits goes first. What is awaited there goes on there; turns of grains and threads of the ledger are their own.
/// </summary>
internal static class BulkWork
{
    public static readonly int MaxThreads = Math.Max(1, Environment.ProcessorCount - 1);

    private static readonly TaskScheduler _scheduler = new ConcurrentExclusiveSchedulerPair(TaskScheduler.Default, MaxThreads, maxItemsPerTask: 1).ConcurrentScheduler;

    public static Task<T> RunAsync<T>(Func<Task<T>> work) => Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.DenyChildAttach, _scheduler).Unwrap();
}
