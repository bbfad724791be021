using BudgetEngine.Ledger;
using BudgetEngine.Ledger.Catalogs;
using BudgetEngine.Ledger.Moves;

namespace BudgetEngine.Api.CostCenters.Moves;

/// <summary>
/// One step of a move. Each may be repeated, whoever did it before: what is not saved has not happened. While it drains, its old node denies; from the transaction that
/// moves on, usage is booked under the new name; checks follow once every node knows what it has.
/// </summary>
internal sealed class MoveStep(ILedgerMoves ledger, LiveNodes nodes, Catalog catalog, TimeProvider clock)
{
    /// <summary>Rows of one transaction, so that no batch waits long for its turn.</summary>
    public const int MaxRows = 2_000;

    /// <returns>The job as it stands after the step; null: another process has it.</returns>
    public async Task<MoveJob?> RunAsync(MoveJob job, CancellationToken stopping)
    {
        switch (job.State)
        {
            case MoveState.Draining:
                return await DrainedAsync(job, stopping) ? await CutOverAsync(job, stopping) : job;
            case MoveState.Moved:
                await nodes.RefreshAllAsync(await ledger.ListTouchedAsync(job, stopping));
                var open = await ledger.OpenAsync(job, stopping);
                await catalog.RefreshAsync(stopping);
                return open;
            default:
                return await ledger.RenameAsync(job, MaxRows, clock.GetUtcNow(), stopping);
        }
    }

    /// <summary>Nothing is open at or below the old name, and nothing can be opened: its node knows that it is being moved, and nobody else may grant for it any more.</summary>
    private async Task<bool> DrainedAsync(MoveJob job, CancellationToken stopping)
    {
        await nodes.RefreshAsync(job.Move.From, null);
        if (await nodes.ViewAsync(job.Move.From, 0) is not { Open: 0, MayGrant: true }) return false;
        // It may have forgotten what is held below it, with a process that died.
        return !await nodes.AnyOpenAsync((await ledger.ListTouchedAsync(job, stopping)).Where(job.Move.Moves));
    }

    private async Task<MoveJob?> CutOverAsync(MoveJob job, CancellationToken stopping)
    {
        try
        {
            return await ledger.CutOverAsync(job, clock.GetUtcNow(), stopping);
        }
        catch (LedgerDataException refused)
        {
            return await FailAsync(job, refused.Message, stopping);
        }
        catch (LedgerReportTooLongException)
        {
            // The same reading takes as long the next time, and all the while the old name is denied.
            return await FailAsync(job, "Reading the usage of users who are to be told apart takes longer than it may (Ledger:LongCommandTimeout).", stopping);
        }
    }

    private async Task<MoveJob?> FailAsync(MoveJob job, string fault, CancellationToken stopping)
    {
        var failed = await ledger.FailAsync(job, fault, clock.GetUtcNow(), stopping);
        await nodes.RefreshAsync(job.Move.From, null);
        return failed;
    }
}
