using BudgetEngine.Domain.Budgets;
using BudgetEngine.Ledger.Records;
using BudgetEngine.Ledger.Tests.Harness;
using Xunit.Abstractions;

namespace BudgetEngine.Ledger.Tests.Conformance;

/// <summary>Balances of users that are filled in from the kept rows, step by step.</summary>
public abstract class UserFillSuite(LedgerHost host, ITestOutputHelper output) : LedgerConformance(host, output)
{
    /// <summary>Whoever sets a budget holds up nobody's posts while the rows of its subtree are read: batches go on, and what fails or dies is gone on with.</summary>
    [LedgerFact]
    public async Task PerUser_WhoseFillFailsAfterItHasBegun_LetsBatchesGoOn_AndIsGoneOnWith()
    {
        await CommitAsync([.. Enumerable.Range(0, 1_500).Select(i => Row($"r{i}", "acme/x", 1 + i, $"u-{i:0000}"))]);
        // Of the second transaction of the fill; the first has 1,000 days.
        await PlantAtAsync("u-1200");
        await Assert.ThrowsAnyAsync<Exception>(() => PutAsync("acme", BudgetOf(1, LimitSet.None)));
        await Host.MendFaultAsync("balances");

        Assert.Equal((1, 2_000), (await Host.NumberAsync("select count(*) from tracked_users"), await Host.NumberAsync("select count(*) from balances where user_name > ''")));
        await CommitAsync(Row("after-1", "acme/x", 10_000, "u-0001"), Row("after-2", "acme/x", 10_000, "u-1400"), Row("after-3", "acme/y", 7, "new"));
        await AssertConsistentAsync();
        Assert.Empty(await Store.Budgets.ListBudgetsAsync("acme", null, 10, None));

        await PutAsync("acme", BudgetOf(1, LimitSet.None));

        Assert.Equal((10_002, 11_401, 7, 1_500), (await SpentOfAsync("u-0001"), await SpentOfAsync("u-1400"), await SpentOfAsync("new"), await SpentOfAsync("u-1499")));
        Assert.Equal(0, await Host.NumberAsync("select count(*) from user_fills"));
        await AssertConsistentAsync();

        async Task<long> SpentOfAsync(string user) => (await Store.Nodes.ReadUserAsync("acme", user, Today, None)).Days[0].Balance.Spent.Nanos;
        async Task PlantAtAsync(string user)
        {
            await Host.PlantFaultAsync("balances");
            // Not of all rows, but of this one.
            if (Host.Options.Postgres is null)
            {
                await Host.MendFaultAsync("balances");
                foreach (var write in (string[])["insert", "update", "delete"])
                {
                    await Host.ExecuteAsync($"create trigger planted_{write} before {write} on balances when {(write == "delete" ? "old" : "new")}.user_name = '{user}' begin select raise(abort, 'planted'); end");
                }
            }
            else
            {
                await Host.ExecuteAsync($"drop trigger planted on balances; create trigger planted before insert on balances for each row when (new.user_name = '{user}') execute function planted()");
            }
        }
    }

    [LedgerFact]
    public async Task Budgets_OfUsers_SetAtOnceWhileBatchesRun_MissNoRow_AndCountNoneTwice()
    {
        const int rows = 150;
        await CommitAsync([.. Enumerable.Range(0, 60).Select(i => Row($"old{i}", "acme/x", 1, $"u-{i % 6}", Today.AddDays(-(i % 10))))]);
        var writing = Task.Run(async () =>
        {
            for (var i = 0; i < rows; i++) await Store.Records.CommitAsync(new LedgerBatch(HashOf("b", "", i), [new RecordEntry(Row($"r{i}", "acme/x", 1, $"u-{i % 6}"))], []), None);
        });

        string?[] users = ["u-0", "u-1", null, "u-1", "u-2", null];
        await Task.WhenAll(users.Select(u => Task.Run(() => u is null ? PutAsync("acme", BudgetOf(1, LimitSet.None)) : PutAsync("acme", BudgetOf(1), u))));
        await writing;

        Assert.Equal(rows + 60, await Host.NumberAsync("select sum(spent) from balances where cost_center = 'acme' and user_name > '' and period = 1"));
        Assert.Equal(rows + 60, await Host.NumberAsync("select sum(spent) from balances where cost_center = 'acme' and user_name > '' and period = 3"));
        await AssertConsistentAsync();
    }
}
