using Microsoft.Extensions.Hosting;

namespace BudgetEngine.Api.Operations;

/// <summary>
/// Works on jobs of the ledger, in whichever process takes them first: side by side, each for a while at a time, so that one that takes long, or cannot go on, keeps no other waiting. A process
/// that dies loses them after <see cref="Lease"/>, and another goes on from the last step.
/// </summary>
internal abstract class JobRunner<TJob>(TimeProvider clock) : BackgroundService
    where TJob : class
{
    /// <summary>Jobs that are worked on at once: each may be reading much.</summary>
    public const int MaxAtOnce = 4;

    private static readonly TimeSpan _interval = TimeSpan.FromSeconds(1);

    /// <summary>After this a job makes room for others that wait.</summary>
    private static readonly TimeSpan _turn = TimeSpan.FromSeconds(10);

    private readonly string _process = Guid.NewGuid().ToString("N");
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Task> _running = new(StringComparer.Ordinal);

    /// <summary>Extended with each look.</summary>
    protected static TimeSpan Lease { get; } = TimeSpan.FromSeconds(10);

    /// <summary>Takes what there is to do, and begins with it.</summary>
    public async Task RoundAsync(CancellationToken stopping)
    {
        try
        {
            string[] running;
            lock (_lock) running = [.. _running.Keys];
            foreach (var job in await ClaimAsync(_process, running, MaxAtOnce - running.Length, stopping))
            {
                lock (_lock) _running.Add(IdOf(job), RunAsync(job, stopping));
            }
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            Note(fault);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(_interval, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken)) await RoundAsync(stoppingToken);
        }
        catch (OperationCanceledException)
        {
            // Stopped: the jobs are open, and are gone on with by whoever takes them.
        }

        Task ended;
        lock (_lock) ended = Task.WhenAll(_running.Values);
        await ended;
    }

    /// <param name="running">Jobs that this process works on already, and keeps.</param>
    protected abstract Task<IReadOnlyList<TJob>> ClaimAsync(string process, IReadOnlyCollection<string> running, int limit, CancellationToken stopping);

    protected abstract string IdOf(TJob job);

    /// <summary>One step. Two processes at the same one must do no harm: only one of them can save it.</summary>
    /// <returns>The job, to go on with; null: it waits for something, has ended, or is another's.</returns>
    protected abstract Task<TJob?> StepAsync(TJob job, CancellationToken stopping);

    /// <summary>Writes down what ended a round or a turn early; it is tried again.</summary>
    protected abstract void Note(Exception fault);

    private async Task RunAsync(TJob claimed, CancellationToken stopping)
    {
        // It must be among the running before it can end.
        await Task.Yield();
        var startedAt = clock.GetTimestamp();
        try
        {
            for (var job = claimed; job is not null && clock.GetElapsedTime(startedAt) < _turn;) job = await StepAsync(job, stopping);
        }
        catch (OperationCanceledException)
        {
            // Stopped: as above.
        }
        catch (Exception fault)
        {
            // Safe: what was not saved is done again.
            Note(fault);
        }
        finally
        {
            lock (_lock) _running.Remove(IdOf(claimed));
        }
    }
}
