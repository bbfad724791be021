using BudgetEngine.Domain.Alerts;
using BudgetEngine.Domain.Windows;
using BudgetEngine.Ledger.Nodes;
using BudgetEngine.Ledger.Tests.Harness;
using Xunit.Abstractions;

namespace BudgetEngine.Ledger.Tests.Conformance.Alerts;

/// <summary>What fired is armed again by the next window, by a correction below, by a raised limit, each with its own generation.</summary>
public abstract class RearmSuite(LedgerHost host, ITestOutputHelper output) : AlertConformance(host, output)
{
    [LedgerFact]
    public async Task NextWindow_TellsAnew_InItsOwnName()
    {
        await PutAsync("acme", Own(daily: 100));
        await CommitAsync(Row("1", "acme", 75));
        await SweepAsync();

        await CommitAsync(Row("2", "acme", 75, date: Today.AddDays(1)));
        await SweepAsync(Now.AddDays(1));

        Assert.Equal([(Today, 0), (Today.AddDays(1), 0)], (await AlertsAsync()).Select(a => (a.Window, a.Generation)));
    }

    [LedgerFact]
    public async Task CorrectionBelow_RearmsWithTheNextGeneration()
    {
        await PutAsync("acme", Own(daily: 100));
        await CommitAsync(Row("1", "acme", 92));
        await SweepAsync();
        await CommitAsync(Correction("c", "acme", "1", -10));
        await SweepAsync();
        Assert.Equal([0.7m, 0.9m], await ThresholdsAsync());

        await CommitAsync(Row("2", "acme", 10));
        await SweepAsync();

        // 0.7 was never left: told once.
        Assert.Equal([(0.7m, 0), (0.9m, 0), (0.9m, 1)], (await AlertsAsync()).Select(a => (a.Threshold!.Value, a.Generation)));
        Assert.Equal(AlertIds.OfCrossing("acme", null, Period.Daily, Today, 0.9m, 1), (await AlertsAsync())[2].Id);
    }

    [LedgerFact]
    public async Task RaisedLimit_Rearms_AndLoweredTellsAgain()
    {
        await PutAsync("acme", Own(daily: 100));
        await SweepAsync();
        await CommitAsync(Row("1", "acme", 75));
        await SweepAsync();
        for (var i = 1; i <= 3; i++)
        {
            await PutAsync("acme", Own(daily: 1_000));
            await SweepAsync();
            await PutAsync("acme", Own(daily: 100));
            await SweepAsync();
        }

        var alerts = await AlertsAsync();
        Assert.Equal([0, 1, 2, 3], alerts.Select(a => a.Generation));
        Assert.Equal([AlertCause.Usage, AlertCause.LimitChange, AlertCause.LimitChange, AlertCause.LimitChange], alerts.Select(a => a.Cause));
        Assert.Equal(4, alerts.Select(a => a.Id).Distinct().Count());
    }

    [LedgerFact]
    public async Task Increase_Rearms_AndItsEndTellsAgain()
    {
        await PutAsync("acme", Own(monthly: 100));
        await CommitAsync(Row("1", "acme", 75));
        await SweepAsync();
        await Store.Increases.PutIncreaseAsync(IncreaseOf("i", 100, Now.AddHours(1), Period.Monthly), Admin, None);
        await SweepAsync();
        Assert.Single(await AlertsAsync());

        await SweepAsync(Now.AddHours(2));

        Assert.Equal([0, 1], (await AlertsAsync()).Select(a => a.Generation));
    }

    [LedgerFact]
    public async Task Total_RearmsLikeAnyOther()
    {
        await PutAsync("acme", Own(total: 100));
        await CommitAsync(Row("1", "acme", 75));
        await SweepAsync();
        await CommitAsync(Correction("c", "acme", "1", -10));
        await SweepAsync();
        await CommitAsync(Row("2", "acme", 10));
        await SweepAsync(Now.AddDays(100));

        Assert.Equal([(DateOnly.MinValue, 0), (DateOnly.MinValue, 1)], (await AlertsAsync()).Select(a => (a.Window, a.Generation)));
        Assert.All(await AlertsAsync(), a => Assert.Equal((Period.Total, (DateTimeOffset?)null, (DateTimeOffset?)null), (a.Period!.Value, a.WindowStart, a.ResetsAt)));
    }

    [LedgerFact]
    public async Task DeletedBudget_ForgetsNothing_TheSameBudgetAgainTellsNothing()
    {
        await PutAsync("acme", Own(daily: 100));
        await CommitAsync(Row("1", "acme", 75));
        await SweepAsync();
        await Store.Budgets.DeleteBudgetAsync("acme", null, BudgetPrecondition.None, Admin, None);
        await SweepAsync();
        await PutAsync("acme", Own(daily: 100));
        await SweepAsync();

        Assert.Single(await AlertsAsync());
    }

    [LedgerFact]
    public async Task NewThreshold_BelowTheSpend_IsToldOnce()
    {
        await PutAsync("acme", Own(daily: 100, thresholds: [new(0.9m, "critical")]));
        await CommitAsync(Row("1", "acme", 60));
        await SweepAsync();
        Assert.Empty(await AlertsAsync());

        await PutAsync("acme", Own(daily: 100, thresholds: [new(0.5m, "half"), new(0.9m, "critical")]));
        await SweepAsync();

        Assert.Equal([("half", AlertCause.LimitChange)], (await AlertsAsync()).Select(a => (a.Level!, a.Cause)));
    }

    [LedgerFact]
    public async Task GenerationOfAUser_IsItsOwn()
    {
        await PutAsync("acme", Own(daily: 1_000) with { PerUser = Limited(daily: 100) });
        await CommitAsync(Row("1", "acme", 75, "amy"), Row("2", "acme", 75, "bob"));
        await SweepAsync();
        await CommitAsync(Correction("c", "acme", "1", -10));
        await SweepAsync();
        await CommitAsync(Row("3", "acme", 10, "amy"), Row("4", "acme", 10, "bob"));
        await SweepAsync();

        Assert.Equal([("amy", 0), ("amy", 1), ("bob", 0)], (await AlertsAsync()).Select(a => (a.User!, a.Generation)).Order());
    }
}
