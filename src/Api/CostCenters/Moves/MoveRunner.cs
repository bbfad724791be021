using BudgetEngine.Ledger.Moves;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace BudgetEngine.Api.CostCenters.Moves;

/// <summary>Works on the moves of the ledger, in whichever process takes them first. A process that dies loses them after <see cref="Lease"/>, and another goes on from the last step.</summary>
internal sealed partial class MoveRunner(ILedgerMoves ledger, MoveStep step, TimeProvider clock, ILogger<MoveRunner> logger) : BackgroundService
{
    private static readonly TimeSpan _interval = TimeSpan.FromSeconds(1);

    /// <summary>Several times what a step takes. Two processes at the same step would do no harm: only one of them can save it.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(10);

    private readonly string _process = Guid.NewGuid().ToString("N");
    private bool _failing;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(_interval, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken)) await RoundAsync(stoppingToken);
        }
        catch (OperationCanceledException)
        {
            // Stopped: the moves are open, and are gone on with by whoever takes them.
        }
    }

    /// <summary>Takes what there is to do, and goes on with it.</summary>
    public async Task RoundAsync(CancellationToken stopping)
    {
        try
        {
            var failed = false;
            foreach (var job in await ledger.ClaimMovesAsync(_process, Lease, stopping)) failed |= !await TryRunAsync(job, stopping);
            _failing = failed;
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            Note(fault);
        }
    }

    /// <summary>Until it waits for something, has ended, is another's, or has had its share of the time. One that cannot go on keeps no other from it.</summary>
    private async Task<bool> TryRunAsync(MoveJob claimed, CancellationToken stopping)
    {
        var startedAt = clock.GetTimestamp();
        try
        {
            var job = claimed;
            while (job is { IsOpen: true } && clock.GetElapsedTime(startedAt) < Lease / 2)
            {
                var next = await step.RunAsync(job, stopping);
                if (next is { State: MoveState.Draining }) return true;
                job = next;
            }

            return true;
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            // Safe: what was not saved is done again.
            Note(fault);
            return false;
        }
    }

    private void Note(Exception fault)
    {
        if (!_failing) LogFailed(fault);
        _failing = true;
    }

    [LoggerMessage(EventId = 3312, Level = LogLevel.Warning, Message = "A move of a cost center cannot go on now; it is tried again")]
    private partial void LogFailed(Exception fault);
}
