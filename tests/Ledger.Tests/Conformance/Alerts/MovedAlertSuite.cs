using BudgetEngine.Domain.Alerts;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Ledger.Moves;
using BudgetEngine.Ledger.Tests.Harness;
using Xunit.Abstractions;

namespace BudgetEngine.Ledger.Tests.Conformance.Alerts;

/// <summary>What ends by itself after its cost center has got another name: it was put on the list of evaluations under the old one.</summary>
public abstract class MovedAlertSuite(LedgerHost host, ITestOutputHelper output) : AlertConformance(host, output)
{
    private const string From = "acme/b";
    private const string To = "acme/a";

    private static readonly DateTimeOffset _end = Now.AddHours(1);

    [LedgerFact]
    public async Task EndOfAUsersIncrease_OfACostCenterThatWasMoved_IsACrossing()
    {
        // The user has no budget of his own at either place: what limits him is the new place's for each user.
        await PutAsync(To, Budget.Empty with { PerUser = Limited(daily: 100) });
        await Store.Increases.PutIncreaseAsync(IncreaseOf("inc", 100, _end, user: "ann") with { CostCenter = From }, Admin, None);
        await CommitAsync(Row("1", From, 120, "ann"));
        await SweepAsync();

        await MoveAsync();
        await SweepAsync();
        Assert.Empty(await AlertsAsync());
        await SweepAsync(_end);

        Assert.All(await AlertsAsync(), a => Assert.Equal((To, "ann"), (a.CostCenter, a.User)));
        Assert.Contains(1m, await ThresholdsAsync());
    }

    [LedgerFact]
    public async Task EndOfAPause_OfACostCenterThatWasMoved_IsToldOfItsNewName()
    {
        await CommitAsync(Row("1", From, 1));
        await Store.Pauses.PutPauseAsync(new Pause(From, null, null, _end, null, "k", Now), Admin, None);
        await SweepAsync();

        await MoveAsync();
        await SweepAsync(_end);

        Assert.Equal(To, Assert.Single(await AlertsAsync(AlertType.Resumed)).CostCenter);
    }

    private async Task MoveAsync()
    {
        var job = new MoveJob("mov_1", new CostCenterMove(From, To), false, null, MoveState.Draining, Now, "k", 0, 0, 0, null, null);
        Assert.Null(await Store.Moves.CreateMoveAsync(job, new ShareClaim(null, CostCenterAliases.Shares), Admin, None));
        for (var next = await Store.Moves.CutOverAsync(job, Now, None); next!.IsOpen;)
        {
            next = next.State == MoveState.Moved ? await Store.Moves.OpenAsync(next, None) : await Store.Moves.RenameAsync(next, 20, Now, None);
        }
    }
}
