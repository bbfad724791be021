using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Ledger.Records;
using BudgetEngine.Ledger.Tests.Harness;
using Xunit.Abstractions;

namespace BudgetEngine.Ledger.Tests.Conformance;

/// <summary>Users are a view of the subtree's rows: balances of their own begin with the first budget that needs them, filled from the kept rows.</summary>
public abstract class UserSuite(LedgerHost host, ITestOutputHelper output) : LedgerConformance(host, output)
{
    [LedgerFact]
    public async Task PerUser_SetLate_FillsEveryUserOfTheSubtree()
    {
        await CommitAsync(
            Row("1", "acme/x", 1, "amy"), Row("2", "acme/y", 2, "amy"), Row("3", "acme", 4, "bob", new DateOnly(2026, 10, 31)), Row("4", "acmeish", 8, "amy"));
        await CommitAsync(Correction("c", "acme", "2", -1));

        await PutAsync("acme", BudgetOf(1, LimitSet.None));

        var amy = await Store.Nodes.ReadUserAsync("acme", "amy", DateOnly.MinValue, None);
        Assert.Equal((2L, 2L), (amy.Days[0].Balance.Spent.Nanos, amy.Days[0].Balance.Requests));
        Assert.Equal((2L, Today.AddDays(-20)), (amy.Months[0].Balance.Spent.Nanos, amy.Months[0].Date));
        var bob = await Store.Nodes.ReadUserAsync("acme", "bob", DateOnly.MinValue, None);
        Assert.Equal(new DateOnly(2026, 10, 1), bob.Months[0].Date);
        Assert.Empty((await Store.Nodes.ReadUserAsync("acme/x", "amy", DateOnly.MinValue, None)).Days);

        var result = await CommitAsync(Row("5", "acme/x", 16, "amy"));
        Assert.Equal(18, result.Balances.Single(b => b.User == "amy").Day.Spent.Nanos);
        await AssertConsistentAsync();
    }

    [LedgerFact]
    public async Task OwnBudget_TracksThatUserOnly_AndPerUserLaterAddsTheOthers()
    {
        await CommitAsync(Row("1", "acme/x", 1, "amy"), Row("2", "acme/x", 2, "bob"));
        await PutAsync("acme", BudgetOf(1), "amy");
        var result = await CommitAsync(Row("3", "acme/x", 4, "amy"), Row("4", "acme/x", 8, "bob"));
        Assert.Equal(["amy"], result.Balances.Select(b => b.User).OfType<string>());

        await PutAsync("acme", BudgetOf(1, LimitSet.None));

        Assert.Equal(5, (await Store.Nodes.ReadUserAsync("acme", "amy", Today, None)).Days[0].Balance.Spent.Nanos);
        Assert.Equal(2, (await Store.Nodes.ReadUserAsync("acme", "amy", Today, None)).Days[0].Balance.Version);
        Assert.Equal(10, (await Store.Nodes.ReadUserAsync("acme", "bob", Today, None)).Days[0].Balance.Spent.Nanos);
        await AssertConsistentAsync();
    }

    [LedgerFact]
    public async Task PerUser_TakenAwayAndSetAgain_KeepsBalancesTrueWithoutASecondFill()
    {
        await PutAsync("acme", BudgetOf(1, LimitSet.None));
        await CommitAsync(Row("1", "acme/x", 1, "amy"));
        await PutAsync("acme", BudgetOf(1));
        await CommitAsync(Row("2", "acme/x", 2, "amy"));
        await PutAsync("acme", BudgetOf(1, LimitSet.None));
        await CommitAsync(Row("3", "acme/x", 4, "amy"));

        Assert.Equal(7, (await Store.Nodes.ReadUserAsync("acme", "amy", Today, None)).Days[0].Balance.Spent.Nanos);
        await AssertConsistentAsync();
    }

    [LedgerFact]
    public async Task Duplicate_OfATrackedUser_AnswersTheUsersBalancesToo()
    {
        await PutAsync("acme", BudgetOf(1, LimitSet.None));
        await CommitAsync(Row("1", "acme/x", 1, "amy"));

        var result = await CommitAsync(Row("1", "acme/x", 1, "amy") with { User = "not hashed" });

        Assert.Equal([null, "amy", null], result.Balances.Select(b => b.User));
    }

    [LedgerFact]
    public async Task PerUser_SetWhileBatchesRun_MissesNoRow()
    {
        const int rows = 120;
        var writing = Task.Run(async () =>
        {
            for (var i = 0; i < rows; i++) await Store.Records.CommitAsync(new LedgerBatch(HashOf("b", "", i), [new RecordEntry(Row($"r{i}", "acme/x", 1, "amy"))], []), None);
        });
        while (await SpentAsync("acme") == Money.Zero)
        {
        }

        await PutAsync("acme", BudgetOf(1, LimitSet.None));
        await writing;

        Assert.Equal(rows, (await Store.Nodes.ReadUserAsync("acme", "amy", Today, None)).Days[0].Balance.Spent.Nanos);
        await AssertConsistentAsync();
    }
}
