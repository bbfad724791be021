using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Domain.Windows;
using BudgetEngine.Ledger.Nodes;
using BudgetEngine.Ledger.Reports;
using BudgetEngine.Ledger.Sql.Postgres;
using BudgetEngine.Ledger.Tests.Harness;
using Xunit.Abstractions;

namespace BudgetEngine.Ledger.Tests.Conformance;

/// <summary>Budgets, increases and pauses: preconditions, versions, audit, what creates what.</summary>
public abstract class BudgetSuite(LedgerHost host, ITestOutputHelper output) : LedgerConformance(host, output)
{
    [LedgerFact]
    public async Task Put_FirstBudget_CreatesCostCenterAncestorsAndTenant()
    {
        var result = await PutAsync("acme/eng/ai", BudgetOf(300));

        Assert.Equal(BudgetWriteStatus.Created, result.Status);
        Assert.True((await NodeAsync("acme/eng")).Exists);
        var policies = await Store.Catalogs.ReadPoliciesAsync(None);
        Assert.Equal(TenantSettings.New("acme"), Assert.Single(policies.Tenants));
        Assert.Equal(BudgetOf(300).Own.Limits, (await NodeAsync("acme/eng/ai")).Budget!.Own.Limits);
        Assert.Null((await NodeAsync("acme/eng")).Budget);
    }

    [LedgerFact]
    public async Task Put_WithPreconditions_HonoursThem()
    {
        var first = (await PutAsync("acme", BudgetOf(1))).Budget!;

        Assert.Equal(BudgetWriteStatus.PreconditionFailed, await PutIfAsync("acme", new(null, true)));
        Assert.Equal(BudgetWriteStatus.PreconditionFailed, await PutIfAsync("acme", new([first.Version + 1], false)));
        Assert.Equal(BudgetWriteStatus.PreconditionFailed, await PutIfAsync("acme/x", new([], false)));
        Assert.Equal(BudgetWriteStatus.Replaced, await PutIfAsync("acme", new([first.Version], false)));
        Assert.Equal(BudgetWriteStatus.PreconditionFailed, await PutIfAsync("acme", new([first.Version], false)));
        Assert.Equal(BudgetWriteStatus.Replaced, await PutIfAsync("acme", new([], false)));
        Assert.Equal(BudgetWriteStatus.Created, await PutIfAsync("acme/x", new(null, true)));
    }

    [LedgerFact]
    public async Task Versions_NeverRepeat_AlsoAfterDeletion()
    {
        var versions = new List<long>();
        for (var i = 0; i < 3; i++)
        {
            versions.Add((await PutAsync("acme", BudgetOf(1))).Budget!.Version);
            await Store.Budgets.DeleteBudgetAsync("acme", null, BudgetPrecondition.None, Admin, None);
        }

        Assert.Equal(versions.Distinct().Order(), versions);
    }

    [LedgerFact]
    public async Task Delete_LeavesSpendIncreasesAndTenant()
    {
        await PutAsync("acme", BudgetOf(1));
        await Store.Increases.PutIncreaseAsync(IncreaseOf("i"), Admin, None);
        await CommitAsync(Row("r", "acme", 5));

        Assert.Equal(BudgetWriteStatus.Deleted, (await Store.Budgets.DeleteBudgetAsync("acme", null, BudgetPrecondition.None, Admin, None)).Status);
        Assert.Equal(BudgetWriteStatus.NotFound, (await Store.Budgets.DeleteBudgetAsync("acme", null, BudgetPrecondition.None, Admin, None)).Status);

        var node = await NodeAsync("acme");
        Assert.Null(node.Budget);
        Assert.True(node.Exists);
        Assert.Single(node.Increases);
        Assert.Equal(new Money(5), node.Days[0].Balance.Spent);
        Assert.Single((await Store.Catalogs.ReadPoliciesAsync(None)).Tenants);
    }

    [LedgerFact]
    public async Task NodeVersion_GrowsWithEveryChangeOfTheNodeAndOfNoOther()
    {
        await PutAsync("acme", BudgetOf(1));
        var last = (await NodeAsync("acme")).Version;
        Func<Task>[] changes =
        [
            () => PutAsync("acme", BudgetOf(2)), () => PutAsync("acme", BudgetOf(1), "amy"), () => Store.Increases.PutIncreaseAsync(IncreaseOf("i"), Admin, None),
            () => Store.Pauses.PutPauseAsync(new Pause("acme", null, null, null, null, "k", Now), Admin, None), () => Store.Increases.DeleteIncreaseAsync("i", "acme", Admin, None),
            () => Store.Pauses.DeletePauseAsync("acme", null, null, Admin, None), () => Store.Budgets.DeleteBudgetAsync("acme", "amy", BudgetPrecondition.None, Admin, None),
            () => Store.Budgets.DeleteBudgetAsync("acme", null, BudgetPrecondition.None, Admin, None),
        ];
        foreach (var change in changes)
        {
            await change();
            var version = (await NodeAsync("acme")).Version;
            Assert.True(version > last);
            last = version;
        }

        await PutAsync("acme/x", BudgetOf(1));
        Assert.Equal(last, (await NodeAsync("acme")).Version);
    }

    [LedgerFact]
    public async Task List_ByPage_IsOrderedByCostCenterAndUserWithinTheSubtree()
    {
        foreach (var path in new[] { "acme", "acme/b", "acme/a", "acme-x", "acme/a/c", "acme.y/z" }) await PutAsync(path, BudgetOf(1));
        await PutAsync("acme/a", BudgetOf(2), "zoe");
        await PutAsync("acme/a", BudgetOf(2), "Amy");

        var all = await Store.Budgets.ListBudgetsAsync("acme", null, 100, None);
        Assert.Equal(
            [("acme", null), ("acme/a", null), ("acme/a", "Amy"), ("acme/a", "zoe"), ("acme/a/c", null), ("acme/b", null)], all.Select(b => (b.CostCenter, b.User)));
        var page = await Store.Budgets.ListBudgetsAsync("acme", ("acme/a", "Amy"), 2, None);
        Assert.Equal([("acme/a", "zoe"), ("acme/a/c", null)], page.Select(b => (b.CostCenter, b.User)));
        Assert.Equal(8, (await Store.Budgets.ListBudgetsAsync(null, null, 100, None)).Count);
    }

    [LedgerFact]
    public async Task Users_OwnBudget_IsReadBesideTheNodes()
    {
        await PutAsync("acme", BudgetOf(1));
        Assert.False((await NodeAsync("acme")).HasUserBudgets);
        await PutAsync("acme", BudgetOf(7), "Zoë");
        await Store.Increases.PutIncreaseAsync(IncreaseOf("i") with { User = "Zoë" }, Admin, None);
        await CommitAsync(Row("r", "acme/x", 5, "Zoë"), Row("s", "acme/x", 6, "zoë"));

        var node = await NodeAsync("acme");
        Assert.True(node.HasUserBudgets);
        Assert.Empty(node.Increases);
        var side = await Store.Nodes.ReadUserAsync("acme", "Zoë", DateOnly.MinValue, None);
        Assert.Equal(BudgetOf(7).Own.Limits, side.Budget!.Own.Limits);
        Assert.Equal("i", Assert.Single(side.Increases).Id);
        Assert.Equal(new DatedBalance(Today, new Balance(new Money(5), 1, 1)), Assert.Single(side.Days));
        Assert.Equal(5, Assert.Single(side.Months).Balance.Spent.Nanos);
        Assert.Empty((await Store.Nodes.ReadUserAsync("acme", "zoë", DateOnly.MinValue, None)).Days);
    }

    [LedgerFact]
    public async Task Child_IsReadAsItsParentSeesIt()
    {
        await CommitAsync(Row("r", "acme/x/y", 5), Row("s", "acme/x", 1, date: Today.AddDays(-40)));
        var child = await Store.Nodes.ReadChildAsync("acme/x", Today, None);
        Assert.Null(child.Budget);
        Assert.Equal(5, Assert.Single(child.Days).Balance.Spent.Nanos);
        Assert.Equal([1L, 5L], child.Months.Select(m => m.Balance.Spent.Nanos));

        await PutAsync("acme/x", BudgetOf(9));
        Assert.NotNull((await Store.Nodes.ReadChildAsync("acme/x", Today, None)).Budget);
    }

    [LedgerFact]
    public async Task Increase_Repeated_ChangesNothingAndOtherContentConflicts()
    {
        var increase = IncreaseOf("i-1") with { Until = Now.AddDays(1).AddTicks(7) };
        Assert.Equal(IncreaseWriteStatus.Created, (await Store.Increases.PutIncreaseAsync(increase, Admin, None)).Status);

        var again = await Store.Increases.PutIncreaseAsync(increase with { By = "other", At = Now.AddHours(1) }, Admin, None);
        Assert.Equal(IncreaseWriteStatus.Unchanged, again.Status);
        Assert.Equal(increase.By, again.Increase.By);
        Assert.Equal(IncreaseWriteStatus.Conflict, (await Store.Increases.PutIncreaseAsync(increase with { Amount = new Money(9) }, Admin, None)).Status);
        Assert.Equal(increase with { Until = Now.AddDays(1) }, await Store.Increases.ReadIncreaseAsync("i-1", None));
        Assert.Equal(["i-1"], (await Store.Increases.ListIncreasesAsync("acme", null, 10, None)).Select(i => i.Id));
        Assert.Empty(await Store.Increases.ListIncreasesAsync("acme", "i-1", 10, None));
        Assert.False(await Store.Increases.DeleteIncreaseAsync("i-1", "acme/other", Admin, None));
        Assert.True(await Store.Increases.DeleteIncreaseAsync("i-1", increase.CostCenter, Admin, None));
        Assert.False(await Store.Increases.DeleteIncreaseAsync("i-1", increase.CostCenter, Admin, None));
        Assert.Null(await Store.Increases.ReadIncreaseAsync("i-1", None));
    }

    [LedgerFact]
    public async Task Pause_OfSubtreeUserAndModel_StandBesideEachOther()
    {
        var pause = new Pause("acme", null, null, Now.AddHours(1), "r", "k", Now);
        await Store.Pauses.PutPauseAsync(pause with { Until = null }, Admin, None);
        await Store.Pauses.PutPauseAsync(pause, Admin, None);
        await Store.Pauses.PutPauseAsync(pause with { User = "amy" }, Admin, None);
        await Store.Pauses.PutPauseAsync(pause with { Model = "gpt" }, Admin, None);

        Assert.Equal([pause, pause with { Model = "gpt" }, pause with { User = "amy" }], (await NodeAsync("acme")).Pauses);
        Assert.True(await Store.Pauses.DeletePauseAsync("acme", "amy", null, Admin, None));
        Assert.False(await Store.Pauses.DeletePauseAsync("acme", "amy", null, Admin, None));
        Assert.Equal(2, (await NodeAsync("acme")).Pauses.Count);
        Assert.False((await NodeAsync("acme")).Exists);
    }

    [LedgerFact]
    public async Task ListPauses_ThatAreInForce_ThereAndAbove_ByPages()
    {
        Pause Of(string path, string? user = null, string? model = null, DateTimeOffset? until = null) => new(path, user, model, until, "why", "key-1", Now);
        Pause[] pauses =
        [
            Of("acme"), Of("acme", user: "amy"), Of("acme/x", model: "gpt"), Of("acme/x", user: "amy", until: Now.AddHours(1)), Of("acme/x/y"), Of("acme-2"), Of("acme/z"), Of("acme/x", user: "over", until: Now),
        ];
        foreach (var pause in pauses) await Store.Pauses.PutPauseAsync(pause, Admin, None);

        Assert.Equal([pauses[0], pauses[1], pauses[2], pauses[3], pauses[4]], await ListAsync(new PauseFilter("acme/x", ["acme"], null, null, Now)));
        Assert.Equal([pauses[2], pauses[3], pauses[4]], await ListAsync(new PauseFilter("acme/x", [], null, null, Now)));
        Assert.Equal([pauses[1], pauses[3]], await ListAsync(new PauseFilter(null, [], "amy", null, Now)));
        Assert.Equal([pauses[2]], await ListAsync(new PauseFilter(null, [], null, "gpt", Now)));
        Assert.Equal(7, (await ListAsync(new PauseFilter(null, [], null, null, Now))).Count);
        Assert.Equal([pauses[4]], await ListAsync(new PauseFilter("acme/x/y", [], null, null, Now)));

        async Task<List<Pause>> ListAsync(PauseFilter filter)
        {
            var read = new List<Pause>();
            while (await Store.Pauses.ListPausesAsync(filter, read.LastOrDefault(), 2, None) is { Count: > 0 } page) read.AddRange(page);
            return read;
        }
    }

    [LedgerFact]
    public async Task Audit_HasOneEntryPerWriteWithBeforeAndAfter()
    {
        await PutAsync("acme/x", BudgetOf(1));
        await PutAsync("acme/x", BudgetOf(2));
        await Store.Budgets.DeleteBudgetAsync("acme/x", null, BudgetPrecondition.None, Admin with { At = Now.AddDays(1), Reason = null }, None);

        var entries = await Store.Audit.ReadAuditAsync(new AuditFilter("acme/x"), null, 10, None);
        Assert.Equal(["budget.delete", "budget.put", "budget.put"], entries.Select(e => e.Action));
        Assert.Null(entries[2].Before);
        Assert.Equal(entries[2].After, entries[1].Before);
        Assert.Contains("\"daily\":2", entries[0].Before, StringComparison.Ordinal);
        Assert.Null(entries[0].After);
        Assert.Equal((Now, "key-1", "acme/x", "because"), (entries[2].At, entries[2].Actor, entries[2].CostCenter, entries[2].Reason));
        Assert.Equal([entries[0].Id], (await Store.Audit.ReadAuditAsync(new AuditFilter("acme/x", Now.AddHours(1)), null, 10, None)).Select(e => e.Id));
        Assert.Equal([entries[1].Id], (await Store.Audit.ReadAuditAsync(new AuditFilter("acme/x"), entries[0].Id, 1, None)).Select(e => e.Id));
        Assert.Equal(["tenant.create"], (await Store.Audit.ReadAuditAsync(new AuditFilter("acme"), null, 10, None)).Select(e => e.Action).Where(a => !a.StartsWith("budget", StringComparison.Ordinal)));
    }

    [LedgerFact]
    public async Task Audit_WithAFilter_ListsWhatItNamesOnly()
    {
        await PutAsync("acme/x", BudgetOf(1));
        await Store.Budgets.DeleteBudgetAsync("acme/x", null, BudgetPrecondition.None, Admin with { Actor = "key-2" }, None);
        await Store.Audit.AddAuditAsync(Admin with { Actor = "key-3", Reason = "stuck" }, "budgets.of_another_thing", "acme/y", null, """{"open":3}""", None);

        Assert.Equal(["budget.delete", "budget.put"], await ActionsAsync(new AuditFilter(Action: "budget")));
        Assert.Equal(["budget.put"], await ActionsAsync(new AuditFilter(Action: "budget.put")));
        Assert.Empty(await ActionsAsync(new AuditFilter(Action: "budget.p")));
        Assert.Equal(["budgets.of_another_thing", "budget.delete"], await ActionsAsync(new AuditFilter(Actors: ["key-2", "key-3"])));
        Assert.Empty(await ActionsAsync(new AuditFilter(Actors: [])));
        Assert.Equal(["budgets.of_another_thing"], await ActionsAsync(new AuditFilter("acme/y", Now, ["key-3"], "budgets")));
        var noted = (await Store.Audit.ReadAuditAsync(new AuditFilter("acme/y"), null, 10, None))[0];
        Assert.Equal((null, """{"open":3}""", "stuck"), (noted.Before, noted.After, noted.Reason));

        async Task<IEnumerable<string>> ActionsAsync(AuditFilter filter) => (await Store.Audit.ReadAuditAsync(filter, null, 10, None)).Select(e => e.Action);
    }

    [LedgerFact]
    public async Task Register_ManyCostCenters_AnswersInTheOrderAsked()
    {
        await PutAsync("acme/x", BudgetOf(1));
        await CommitAsync([.. Enumerable.Range(0, 50).Select(i => Row($"r{i}", $"acme/x/{i}", i))]);
        string[] asked = ["acme/x/7", "acme", "nobody", "acme/x", "acme/x/7"];

        var states = await Store.Nodes.RegisterAsync(asked, Today, Now, "p1", None);

        Assert.Equal(asked, states.Select(s => s.CostCenter));
        Assert.All(states, s => Assert.Equal(1, s.Epoch));
        Assert.False(states[2].Exists);
        Assert.Equal(7, states[0].Days[0].Balance.Spent.Nanos);
        Assert.NotNull(states[3].Budget);
        Assert.Equal(2, (await Store.Nodes.RegisterAsync(["acme"], Today, Now, "p2", None))[0].Epoch);
        Assert.Equal(0, (await NodeAsync("acme")).Epoch);
    }

    private static Increase IncreaseOf(string id) => new(id, "acme", null, Period.Monthly, new Money(8), Now.AddDays(1), "launch", "k", Now);

    private async Task<BudgetWriteStatus> PutIfAsync(string path, BudgetPrecondition precondition) =>
        (await Store.Budgets.PutBudgetAsync(path, null, BudgetOf(5), null, precondition, Admin, None)).Status;
}
