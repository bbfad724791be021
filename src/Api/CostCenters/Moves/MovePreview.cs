using BudgetEngine.Api.Checks;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Domain.Windows;
using BudgetEngine.Domain.Wording;
using BudgetEngine.Ledger;
using BudgetEngine.Ledger.Moves;
using BudgetEngine.Ledger.Nodes;

namespace BudgetEngine.Api.CostCenters.Moves;

/// <summary>What a move would be about, and whom it would bring over a limit.</summary>
internal sealed class MovePreview(ILedgerMoves ledger, INodeReader reader, LiveNodes nodes, TimeProvider clock)
{
    public async Task<(MoveExtentResponse? Extent, MoveRefusal? Refusal)> ReadAsync(MoveJob job, ShareClaim claim, CancellationToken cancellationToken)
    {
        var extent = await ledger.ReadMoveExtentAsync(job, claim, cancellationToken);
        if (extent.Refusal is { } refusal) return (null, refusal);
        var open = (await nodes.ViewAsync(job.Move.From, 0)).Open;
        IReadOnlyList<OverLimitResponse> over = job.KeepsHistory ? [] : await OverLimitAsync(job.Move, cancellationToken);
        return (new MoveExtentResponse(
            extent.CostCenters, extent.Merged, extent.Rows, extent.Budgets, extent.BudgetsThatEnd, extent.Increases, extent.Pauses, extent.Keys, extent.Channels, open, over), null);
    }

    /// <summary>Of the new name and what is above it alone: what is above both has the same sums as before.</summary>
    private async Task<IReadOnlyList<OverLimitResponse>> OverLimitAsync(CostCenterMove move, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var moved = (await reader.ReadNodesAsync([move.From], DateOnly.FromDateTime(now.UtcDateTime).AddDays(-Domain.Budgets.WindowBalances.DaysKept), now, cancellationToken))[0];
        var over = new List<OverLimitResponse>();
        foreach (var path in move.Gaining.Prepend(move.To))
        {
            foreach (var window in (await nodes.ViewAsync(path, 0)).Windows.Where(w => w.Minute == Domain.Budgets.MinuteMeter.None))
            {
                var spent = new Money(window.Spent) + SpentIn(moved, (Period)window.Period, window.Window);
                if (spent > new Money(window.Limit)) over.Add(new OverLimitResponse(path, Words.Periods.Of((Period)window.Period), new Money(window.Limit), spent));
            }
        }

        return over;
    }

    private static Money SpentIn(NodeState moved, Period period, DateOnly window) => period switch
    {
        Period.Daily => Sum(moved.Days.Where(d => d.Date == window)),
        Period.Weekly => Sum(moved.Days.Where(d => d.Date >= window && d.Date < window.AddDays(7))),
        Period.Monthly => Sum(moved.Months.Where(m => m.Date == window)),
        _ => Sum(moved.Months),
    };

    private static Money Sum(IEnumerable<Domain.Budgets.DatedBalance> balances) => balances.Aggregate(Money.Zero, (sum, b) => sum + b.Balance.Spent);
}
