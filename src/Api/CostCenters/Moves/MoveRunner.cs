using BudgetEngine.Api.Operations;
using BudgetEngine.Ledger.Moves;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace BudgetEngine.Api.CostCenters.Moves;

/// <summary>Works on the moves of the ledger, in whichever process takes them first. A process that dies loses them after <see cref="Lease"/>, and another goes on from the last step.</summary>
internal sealed partial class MoveRunner : BackgroundService
{
    private static readonly TimeSpan _interval = TimeSpan.FromSeconds(1);

    /// <summary>Extended with each look. Two processes at the same step would do no harm: only one of them can save it.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(10);

    private readonly string _process = Guid.NewGuid().ToString("N");
    private readonly ILedgerMoves _ledger;
    private readonly MoveStep _step;
    private readonly TimeProvider _clock;
    private readonly ILogger<MoveRunner> _logger;
    private readonly JobTurns _turns;

    public MoveRunner(ILedgerMoves ledger, MoveStep step, TimeProvider clock, ILogger<MoveRunner> logger)
    {
        (_ledger, _step, _clock, _logger) = (ledger, step, clock, logger);
        _turns = new JobTurns(clock, LogFailed);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(_interval, _clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken)) await RoundAsync(stoppingToken);
        }
        catch (OperationCanceledException)
        {
            // Stopped: the moves are open, and are gone on with by whoever takes them.
        }

        await _turns.EndAsync();
    }

    /// <summary>Takes what there is to do, and begins with it.</summary>
    public async Task RoundAsync(CancellationToken stopping)
    {
        try
        {
            var running = _turns.Running;
            foreach (var job in await _ledger.ClaimMovesAsync(_process, running, JobTurns.MaxAtOnce - running.Count, Lease, stopping)) Begin(job, stopping);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            LogFailed(fault);
        }
    }

    /// <summary>Until it waits for something, has ended, is another's, or has had its share of the time.</summary>
    private void Begin(MoveJob claimed, CancellationToken stopping)
    {
        var job = claimed;
        _turns.Begin(claimed.Id, async () =>
        {
            var next = await _step.RunAsync(job, stopping);
            if (next is not { IsOpen: true, State: not MoveState.Draining }) return false;
            job = next;
            return true;
        });
    }

    [LoggerMessage(EventId = 3312, Level = LogLevel.Warning, Message = "A move of a cost center cannot go on now; it is tried again")]
    private partial void LogFailed(Exception fault);
}
