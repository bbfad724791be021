using BudgetEngine.Alerts.Evaluation;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Ledger.Sql.Postgres;
using BudgetEngine.Ledger.Tests.Harness;
using Xunit.Abstractions;

namespace BudgetEngine.Ledger.Tests.Conformance.Alerts;

/// <summary>The list of evaluations in the real databases: what is in one transaction, and what a sweep takes.</summary>
public abstract class EvaluationStorageSuite(LedgerHost host, ITestOutputHelper output) : AlertConformance(host, output)
{
    [LedgerFact]
    public async Task RollUp_ThatCannotPutItsEvaluations_MovesNothing()
    {
        await PutAsync("acme", Own(daily: 100));
        await SweepAsync();
        await CommitAsync(Row("1", "acme", 75));
        await Host.ExecuteAsync("alter table looks rename to looks_away");
        await Assert.ThrowsAnyAsync<Exception>(() => Store.Housekeeping.RollUpAsync(10, None));
        Assert.Empty(await Store.CostCenters.ReadModelsAsync("acme", Today, 10, None));
        await Host.ExecuteAsync("alter table looks_away rename to looks");

        Assert.Equal(1, await Store.Housekeeping.RollUpAsync(10, None));

        Assert.Equal(75, Assert.Single(await Store.CostCenters.ReadModelsAsync("acme", Today, 10, None)).SpentMonth.Nanos);
        Assert.Equal(1, await Host.CountAsync("looks"));
        await SweepAsync();
        Assert.Single(await AlertsAsync());
        Assert.Equal(0, await Host.CountAsync("looks"));
    }

    [LedgerFact]
    public async Task Sweep_ThatFails_LeavesTheListAsItWas()
    {
        await PutAsync("acme", Own(daily: 100));
        await CommitAsync(Row("1", "acme", 75));
        await RollUpAllAsync(10);

        var looks = await Host.CountAsync("looks");
        await Host.ExecuteAsync("alter table alerts rename to alerts_away");
        var context = await ContextAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => Store.Evaluations.SweepAsync([], 10, context, None));
        Assert.Equal((looks, 0L), (await Host.CountAsync("looks"), await Host.CountAsync("threshold_marks")));
        await Host.ExecuteAsync("alter table alerts_away rename to alerts");

        await SweepAsync();
        Assert.Single(await AlertsAsync());
    }

    [LedgerFact]
    public async Task Sweep_TakesNoMoreThanItsLimit_TheEarliestFirst()
    {
        for (var i = 0; i < 5; i++) await PutAsync($"t{i}", Own(daily: 100));
        await Store.Pauses.PutPauseAsync(new Pause("t0", null, null, Now.AddHours(1), null, "k", Now), Admin, None);
        Assert.Equal(6, await Host.CountAsync("looks"));

        var context = await ContextAsync();
        var looked = new List<int>();
        while (looked.Count == 0 || looked[^1] > 0) looked.Add((await Store.Evaluations.SweepAsync([], 4, context, None)).Taken);

        Assert.Equal([4, 2, 0], looked);
        // The end of the pause waits for its time.
        Assert.Equal(1, await Host.CountAsync("looks"));
        Assert.Equal(1, (await Store.Evaluations.SweepAsync([], 4, await ContextAsync(Now.AddHours(1)), None)).Taken);
    }

    [LedgerFact]
    public async Task Sweep_ThatKeeps_AnswersTheBalancesThatItRead_AndWhoIsToBeTold()
    {
        await PutAsync("acme", Own(daily: 100) with { PerUser = Limited(daily: 100), PerChild = Limited(daily: 100) });
        await SweepAsync();
        await CommitAsync(Row("1", "acme/x", 30), Row("2", "acme/x", 10, date: First));
        await CommitAsync(Row("3", "acme/x", 5));
        await RollUpAllAsync(10);

        var untold = (await Store.Evaluations.SweepAsync([], 10, await ContextAsync() with { KeptUntil = Now.AddSeconds(5) }, None)).Unnotified;

        // The node, its child (for per_child), its user: each on two days.
        Assert.Equal(
            [
                ("acme", "", First, 10L, 45L), ("acme", "", Today, 35, 45), ("acme", "u-1", First, 10, 45), ("acme", "u-1", Today, 35, 45), ("acme/x", "", First, 10, 45),
                ("acme/x", "", Today, 35, 45),
            ],
            untold.Select(u => u.Balances).Select(b => (b.CostCenter, b.User ?? "", b.Date, b.Day.Spent.Nanos, b.Month.Spent.Nanos)).Order());
        var balances = untold.Single(u => u.Balances is { CostCenter: "acme", User: null } b && b.Date == Today).Balances;
        Assert.Equal((await NodeAsync("acme")).Days.Single(d => d.Date == Today).Balance, balances.Day);
        // The parent keeps the child's balances too, since it limits its children.
        Assert.All(untold, u => Assert.Equal(u.Evaluation.CostCenter == "acme" ? ["acme"] : ["acme/x", "acme"], u.Nodes));
    }

    [LedgerFact]
    public async Task Sweep_ThatKeeps_LeavesChangedBalancesOnTheListUntilTheyAreTold()
    {
        await PutAsync("acme", Own(daily: 100));
        await SweepAsync();
        await CommitAsync(Row("1", "acme", 75));
        await Store.Housekeeping.RollUpAsync(10, None);
        var kept = Assert.Single((await Store.Evaluations.SweepAsync([], 10, await KeepingAsync(), None)).Unnotified).Evaluation;
        Assert.Equal((1, 0), (await Host.CountAsync("looks"), (await Store.Evaluations.SweepAsync([], 10, await KeepingAsync(), None)).Taken));

        // Whoever was to tell it is gone: it is due again.
        var again = Assert.Single((await Store.Evaluations.SweepAsync([], 10, await KeepingAsync(Now.AddSeconds(5)), None)).Unnotified).Evaluation;
        Assert.Equal(kept with { DueAt = Now.AddSeconds(10) }, again);
        // The first one's word is too old by now.
        await Store.Evaluations.SweepAsync([kept], 10, await KeepingAsync(Now.AddSeconds(6)), None);
        Assert.Equal(1, await Host.CountAsync("looks"));

        await Store.Evaluations.SweepAsync([again], 10, await KeepingAsync(Now.AddSeconds(6)), None);
        Assert.Equal(0, await Host.CountAsync("looks"));
        Assert.Single(await AlertsAsync());
    }

    [LedgerFact]
    public async Task Sweep_ToldOfABalanceThatHasChangedAgain_KeepsIt()
    {
        await PutAsync("acme", Own(daily: 100));
        await SweepAsync();
        await CommitAsync(Row("1", "acme", 75));
        await Store.Housekeeping.RollUpAsync(10, None);
        var kept = Assert.Single((await Store.Evaluations.SweepAsync([], 10, await KeepingAsync(), None)).Unnotified).Evaluation;
        await CommitAsync(Row("2", "acme", 20));
        await Store.Housekeeping.RollUpAsync(10, None);

        var untold = Assert.Single((await Store.Evaluations.SweepAsync([kept], 10, await KeepingAsync(), None)).Unnotified);

        Assert.Equal(95, untold.Balances.Day.Spent.Nanos);
    }

    private async Task<AlertContext> KeepingAsync(DateTimeOffset? now = null) => await ContextAsync(now) with { KeptUntil = (now ?? Now).AddSeconds(5) };

    [LedgerFact]
    public async Task RollUp_OfCostCentersWithoutAnyLimit_PutsNothing()
    {
        await CommitAsync(Row("1", "acme/x", 75));

        await Store.Housekeeping.RollUpAsync(10, None);

        Assert.Equal(0, await Host.CountAsync("looks"));
    }
}
