using BudgetEngine.Api.Operations;
using BudgetEngine.Ledger.Moves;
using Microsoft.Extensions.Logging;

namespace BudgetEngine.Api.CostCenters.Moves;

/// <summary>Works on the moves of the ledger.</summary>
internal sealed partial class MoveRunner(ILedgerMoves ledger, MoveStep step, TimeProvider clock, ILogger<MoveRunner> logger) : JobRunner<MoveJob>(clock)
{
    protected override Task<IReadOnlyList<MoveJob>> ClaimAsync(string process, IReadOnlyCollection<string> running, int limit, CancellationToken stopping) =>
        ledger.ClaimMovesAsync(process, running, limit, Lease, stopping);

    protected override string IdOf(MoveJob job) => job.Id;

    protected override async Task<MoveJob?> StepAsync(MoveJob job, CancellationToken stopping) =>
        await step.RunAsync(job, stopping) is { IsOpen: true, State: not MoveState.Draining } next ? next : null;

    protected override void Note(Exception fault) => LogFailed(fault);

    [LoggerMessage(EventId = 3312, Level = LogLevel.Warning, Message = "A move of a cost center cannot go on now; it is tried again")]
    private partial void LogFailed(Exception fault);
}
