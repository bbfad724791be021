using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Domain.Prices;
using BudgetEngine.Domain.Reconciliation;
using BudgetEngine.Domain.Usage;
using BudgetEngine.Ledger.Reports;
using BudgetEngine.Ledger.Repricing;
using BudgetEngine.Ledger.Tests.Harness;
using Xunit.Abstractions;

namespace BudgetEngine.Ledger.Tests.Conformance;

/// <summary>Jobs that rate usage again, what they read, and what invoices are compared with.</summary>
public abstract class RepriceSuite(LedgerHost host, ITestOutputHelper output) : LedgerConformance(host, output)
{
    private const string Priced = """{"model":"m","effective_from":"2026-01-01T00:00:00Z","entered_at":"2026-01-01T00:00:00Z","service_tier":null,"above_input_tokens":null}""";

    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(1);

    private static readonly RepriceOrder Everything = new(UsageRange.All, null, [], RowFlags.None, false, null);

    [LedgerFact]
    public async Task Job_OldestFirst_IsClaimedByOneProcessAndSavedByIt()
    {
        Assert.Empty(await ClaimAsync("p1"));
        var order = new RepriceOrder(new UsageRange(Today, null, null, Now), "acme/x", ["m", "n"], RowFlags.Unpriced | RowFlags.TierUnpriced, true, "why");
        await CreateAsync("two", Everything, Now.AddMinutes(1));
        await CreateAsync("one", order, Now);

        var job = Assert.Single(await ClaimAsync("p1"));
        Assert.Equal(("one", RepriceState.Open, Now, RowPosition.Start), (job.Id, job.State, job.CreatedAt, job.After));
        Assert.Equal((order.Range, order.CostCenter, order.Only, order.DryRun, order.Reason), (job.Order.Range, job.Order.CostCenter, job.Order.Only, job.Order.DryRun, job.Order.Reason));
        Assert.Equal(order.Models, job.Order.Models);
        Assert.Empty(await ClaimAsync("p2"));

        var tally = new RepriceTally { RowsTotal = 7 };
        tally.Skip("no_price", 3);
        tally.Count("m", "acme/x", new Money(5), new Money(-2));
        var saved = (await Store.Repricing.SaveRepriceAsync(job with { Tally = tally, After = new RowPosition("acme", "r") }, Lease, None))!;
        Assert.Null(await Store.Repricing.SaveRepriceAsync(job, Lease, None));
        var found = (await Store.Repricing.FindRepriceAsync("one", None))!;
        Assert.Equal((7L, 1L, 5L, -2L, 3L, new RowPosition("acme", "r")), (found.Tally.RowsTotal!.Value, found.Tally.RowsChanged, found.Tally.BeforeNanos, found.Tally.DifferenceNanos, found.Tally.Skipped["no_price"], found.After));
        Assert.Equal(new RepriceGroup(1, 5, -2), found.Tally.Models["m"]);

        await Store.Repricing.SaveRepriceAsync(saved with { State = RepriceState.Done, EndedAt = Now }, Lease, None);
        Assert.Equal("two", Assert.Single(await ClaimAsync("p2")).Id);
        Assert.Equal(["two", "one"], (await Store.Repricing.ListRepricesAsync(null, 10, None)).Select(j => j.Id));
        Assert.Equal(["one"], (await Store.Repricing.ListRepricesAsync("acme", 10, None)).Select(j => j.Id));
    }

    [LedgerFact]
    public async Task Job_OfAProcessThatIsSilent_GoesToAnother_AndTheFirstSavesNothingMore()
    {
        await CreateAsync("one", Everything, Now);
        var first = Assert.Single(await ClaimAsync("p1"));
        await Host.ExecuteAsync($"update reprice_jobs set runner_until = {Host.Later("runner_until", -2 * Lease)}");

        var second = Assert.Single(await ClaimAsync("p2"));

        Assert.Null(await Store.Repricing.SaveRepriceAsync(first, Lease, None));
        Assert.NotNull(await Store.Repricing.SaveRepriceAsync(second, Lease, None));
    }

    [LedgerFact]
    public async Task Jobs_OfSeveralTenants_RunSideBySide_AndThoseThatCouldMeetOneAfterTheOther()
    {
        var at = Now;
        foreach (var (id, of) in ((string, string?)[])[("a1", "acme/x"), ("b1", "beta"), ("a2", "acme/y"), ("all", null), ("c1", "corp")]) await CreateAsync(id, Everything with { CostCenter = of }, at = at.AddSeconds(1));

        Assert.Equal("a1", Assert.Single(await ClaimAsync("p1", limit: 1)).Id);
        Assert.Equal("b1", Assert.Single(await ClaimAsync("p1", limit: 4, "a1")).Id);
        Assert.Empty(await ClaimAsync("p2"));

        // Those that run are kept for as long as their process looks; nobody else's look takes them.
        await Host.ExecuteAsync($"update reprice_jobs set runner_until = {Host.Later("runner_until", -2 * Lease)} where runner is not null");
        Assert.Empty(await ClaimAsync("p1", limit: 0, "a1"));
        var lost = Assert.Single(await ClaimAsync("p2"));
        Assert.Equal("b1", lost.Id);

        await EndAsync("a1");
        Assert.Equal("a2", Assert.Single(await ClaimAsync("p1")).Id);
        foreach (var id in (string[])["a2", "b1"]) await EndAsync(id);
        var all = Assert.Single(await ClaimAsync("p1"));
        Assert.Equal("all", all.Id);
        await EndAsync("all");
        Assert.Equal("c1", Assert.Single(await ClaimAsync("p1")).Id);

        async Task EndAsync(string id) => Assert.NotNull(await Store.Repricing.SaveRepriceAsync((await Store.Repricing.FindRepriceAsync(id, None))! with { State = RepriceState.Done, EndedAt = Now }, Lease, None));
    }

    /// <summary>Two jobs of one tenant at once could both correct the same row, and clocks of processes differ.</summary>
    [LedgerFact]
    public async Task Job_ThatHasBegun_IsNotOvertakenByAnOrderWithAnEarlierTime()
    {
        await CreateAsync("first", Everything with { CostCenter = "acme/x" }, Now);
        Assert.Equal("first", Assert.Single(await ClaimAsync("p1")).Id);
        await CreateAsync("behind", Everything with { CostCenter = "acme" }, Now.AddSeconds(-5));

        Assert.Empty(await ClaimAsync("p1", limit: 4, "first"));
        Assert.Empty(await ClaimAsync("p2"));
        Assert.Equal("first", Assert.Single(await ClaimAsync("p1")).Id);
    }

    [LedgerFact]
    public async Task Jobs_ThatHaveHadTheirTurn_LetOthersGoFirst()
    {
        foreach (var of in (string[])["a", "b", "c"]) await CreateAsync(of, Everything with { CostCenter = of }, Now);

        var turns = new List<string>();
        for (var i = 0; i < 6; i++) turns.Add(Assert.Single(await ClaimAsync("p1", limit: 1)).Id);

        Assert.Equal(["a", "b", "c", "a", "b", "c"], turns);
    }

    [LedgerFact]
    public async Task Job_AskedToEnd_TellsItsProcessWithTheNextSave()
    {
        await CreateAsync("one", Everything, Now);
        var job = Assert.Single(await ClaimAsync("p1"));

        Assert.True(await Store.Repricing.CancelRepriceAsync("one", Admin, None));
        Assert.False(await Store.Repricing.CancelRepriceAsync("none", Admin, None));

        job = (await Store.Repricing.SaveRepriceAsync(job, Lease, None))!;
        Assert.True(job.CancelAsked);
        await Store.Repricing.SaveRepriceAsync(job with { State = RepriceState.Cancelled, EndedAt = Now }, Lease, None);
        Assert.False(await Store.Repricing.CancelRepriceAsync("one", Admin, None));
        Assert.Equal(["price.reprice.cancel", "price.reprice"], (await Store.Audit.ReadAuditAsync(new AuditFilter(), null, 10, None)).Select(e => e.Action));
    }

    [LedgerFact]
    public async Task Jobs_AsManyAsMayBeOpen_AreTaken()
    {
        await CreateAsync("one", Everything, Now);
        Assert.False(await Store.Repricing.CreateRepriceAsync(JobOf("two", Everything, Now), new ShareClaim(null, new SubtreeShares(1, 1)), Admin, None));
        await Assert.ThrowsAsync<LedgerDataException>(() => Store.Repricing.CreateRepriceAsync(JobOf("one", Everything, Now), new ShareClaim(null, new SubtreeShares(5, 1)), Admin, None));
    }

    /// <summary>Whoever takes all places keeps everybody else from any.</summary>
    [LedgerFact]
    public async Task Jobs_OfOneTenant_LeaveRoomForOthers()
    {
        for (var i = 0; i < 4; i++) Assert.True(await AskAsync($"acme-{i}", "acme"));
        Assert.False(await AskAsync("acme-4", "acme"));
        Assert.True(await AskAsync("beta-0", "beta"));
        Assert.True(await AskAsync("all", null));

        Task<bool> AskAsync(string id, string? of) =>
            Store.Repricing.CreateRepriceAsync(JobOf(id, Everything with { CostCenter = of }, Now), new ShareClaim(of, ILedgerRepricing.Shares), Admin, None);
    }

    [LedgerFact]
    public async Task Rows_WhoseCostTheEngineMade_ComeInOrderWithTheirCorrections()
    {
        await CommitAsync(
            Row("b", "acme/x", 10) with { PricedAsJson = Priced }, Row("a", "acme/y", 20) with { Flags = RowFlags.Unpriced }, Row("given", "acme/x", 30),
            Row("c", "acme/x", 40, date: Today.AddDays(-1)) with { PricedAsJson = Priced, Timestamp = Now.AddDays(-1) }, Row("a", "beta", 50) with { PricedAsJson = Priced, Flags = RowFlags.TierUnpriced });
        await CommitAsync(
            Correction("reprice:job:1", "acme", "b", 5) with { PricedAsJson = Priced }, Correction("reprice:earlier:1", "acme", "b", -3) with { PricedAsJson = Priced },
            Correction("reprice:earlier:2", "acme", "a", 7) with { PricedAsJson = Priced }, Correction("by hand", "acme", "c", -40));
        var job = JobOf("job", Everything, Now);

        Assert.Equal(["a +7", "b -3 own 5", "c 0 by hand", "a 0"], (await Store.Repricing.ReadRepriceRowsAsync(job, 10, None)).Select(Told));
        Assert.Equal(["a", "b"], (await Store.Repricing.ReadRepriceRowsAsync(job, 2, None)).Select(r => r.Row.RequestId));
        Assert.Equal(["c", "a"], (await Store.Repricing.ReadRepriceRowsAsync(job with { After = new RowPosition("acme", "b") }, 10, None)).Select(r => r.Row.RequestId));
        Assert.Equal(["b", "c"], await RowsOf(Everything with { CostCenter = "acme/x" }));
        Assert.Equal(["a", "a"], await RowsOf(Everything with { Only = RowFlags.Unpriced | RowFlags.TierUnpriced }));
        Assert.Equal(["a", "b", "a"], await RowsOf(Everything with { Range = new UsageRange(Today, null) }));
        Assert.Equal(["c"], await RowsOf(Everything with { Range = new UsageRange(null, Today) }));
        Assert.Equal(["c"], await RowsOf(Everything with { Range = new UsageRange(null, null, null, Now.AddHours(-1)) }));
        Assert.Equal(["a", "b", "a"], await RowsOf(Everything with { Range = new UsageRange(null, null, Now.AddHours(-1)) }));
        Assert.Equal(new RepriceExtent(4, 1, 0), await Store.Repricing.ReadRepriceExtentAsync(Everything, None));
        Assert.Equal(new RepriceExtent(1, 0, 0), await Store.Repricing.ReadRepriceExtentAsync(Everything with { CostCenter = "acme", Only = RowFlags.Unpriced }, None));

        async Task<IEnumerable<string>> RowsOf(RepriceOrder order) => (await Store.Repricing.ReadRepriceRowsAsync(JobOf("job", order, Now), 10, None)).Select(r => r.Row.RequestId);
    }

    [LedgerFact]
    public async Task Invoiced_SumsCallsWithTheirCorrections_ByCallDayOrModel()
    {
        await CommitAsync(
            Row("a", "acme/x", 10), Row("b", "acme/x", 20), Row("c", "acme/y", 5) with { Provider = null }, Row("d", "acme/x", 7, date: Today.AddDays(-1)), Row("e", "acme/x", 9) with { Provider = "other" },
            Row("f", "acme/x", 3) with { Model = null }, Row("g", "beta", 100));
        await CommitAsync(Correction("c1", "acme", "b", -15) with { Timestamp = Now.AddDays(40) });

        Assert.Equal(["a gpt-4.1 10", "b gpt-4.1 5", "c gpt-4.1 5", "d gpt-4.1 7", "f  3"], await SumsOf(InvoiceGrouping.Request, UsageRange.All));
        Assert.Equal(["2026-11-20 gpt-4.1 7 of 1, dearest d", "2026-11-21  3 of 1, dearest f", "2026-11-21 gpt-4.1 20 of 3, dearest a"], await SumsOf(InvoiceGrouping.Day, UsageRange.All));
        Assert.Equal([" 3 of 1, dearest f", "gpt-4.1 20 of 3, dearest a"], await SumsOf(InvoiceGrouping.Model, new UsageRange(Today, Today.AddDays(1))));
        Assert.Equal(["a gpt-4.1 10", "b gpt-4.1 5", "c gpt-4.1 5", "d gpt-4.1 7", "f  3"], await SumsOf(InvoiceGrouping.Request, new UsageRange(null, null, Now.AddHours(-1), Now)));

        async Task<List<string>> SumsOf(InvoiceGrouping grouping, UsageRange range)
        {
            var sums = new List<string>();
            await foreach (var s in Store.Invoiced.ReadInvoicedAsync(new InvoicedFilter(range, "acme", "openai", grouping), None))
            {
                sums.Add(grouping == InvoiceGrouping.Request ? $"{s.RequestId} {s.Model} {s.Cost.Nanos}"
                    : $"{(s.Date is { } day ? $"{day:yyyy-MM-dd} " : "")}{s.Model} {s.Cost.Nanos} of {s.Rows}, dearest {s.Dearest.RequestId}");
            }

            sums.Sort(StringComparer.Ordinal);
            return sums;
        }
    }

    [LedgerFact]
    public async Task Invoiced_OfSeveralPages_HasEachCallOnce()
    {
        for (var batch = 0; batch < 5; batch++) await CommitAsync([.. Enumerable.Range(0, 500).Select(i => Row($"r{batch}-{i:000}", i % 2 == 0 ? "acme/x" : "beta", 1))]);

        var (ids, inAcme) = (new List<string>(), 0);
        await foreach (var call in Store.Invoiced.ReadInvoicedAsync(new InvoicedFilter(UsageRange.All, null, null, InvoiceGrouping.Request), None)) ids.Add(call.RequestId!);
        await foreach (var _ in Store.Invoiced.ReadInvoicedAsync(new InvoicedFilter(UsageRange.All, "acme", null, InvoiceGrouping.Request), None)) inAcme++;

        Assert.Equal((2_500, 2_500, 1_250), (ids.Count, ids.Distinct().Count(), inAcme));
    }

    [LedgerFact]
    public async Task UntakenModels_AreThoseOfTheLatestImportThatNamesThem()
    {
        var price = new PriceVersion("good", Now, new RateCard(1, 1), null, [], Now);
        await Store.Prices.PutImportAsync([price], [new("a", "free"), new("b", "none")], ["good"], Admin, None);
        var audited = Assert.Single(await Store.Audit.ReadAuditAsync(new AuditFilter(), null, 10, None));
        Assert.Equal(("price.import", null, true), (audited.Action, audited.Before, audited.After!.StartsWith("{\"models\":1,\"prices\":[{", StringComparison.Ordinal)));
        var at = await Store.Catalogs.ReadCatalogVersionsAsync(None);
        Assert.Equal([new UntakenModel("a", "free"), new("b", "none")], await Store.Catalogs.ReadUntakenModelsAsync(None));

        await Store.Prices.PutImportAsync([], [new("a", "free"), new("b", "none")], ["good"], Admin, None);
        Assert.Equal(at, await Store.Catalogs.ReadCatalogVersionsAsync(None));
        await Store.Prices.PutImportAsync([], [new("b", "absurd"), new("c", "none")], ["a"], Admin, None);

        Assert.True((await Store.Catalogs.ReadCatalogVersionsAsync(None)).Prices > at.Prices);
        Assert.Equal([new UntakenModel("b", "absurd"), new("c", "none")], await Store.Catalogs.ReadUntakenModelsAsync(None));
        Assert.Equal(["good"], (await Store.Catalogs.ReadPricesAsync(None)).Select(p => p.Model));
    }

    private static RepriceJob JobOf(string id, RepriceOrder order, DateTimeOffset at) => new(id, order, RepriceState.Open, at, "key-1", RowPosition.Start, new RepriceTally(), 0, false, null, null);

    private static string Told(RepriceRow r) =>
        $"{r.Row.RequestId} {r.Repriced.Nanos:+0;-0;0}{(r.Own is { } own ? $" own {own.Nanos}" : "")}{(r.CorrectedByHand ? " by hand" : "")}";

    private Task<IReadOnlyList<RepriceJob>> ClaimAsync(string process, int limit = 10, params string[] running) => Store.Repricing.ClaimRepricesAsync(process, running, limit, Lease, None);

    private async Task CreateAsync(string id, RepriceOrder order, DateTimeOffset at) => Assert.True(await Store.Repricing.CreateRepriceAsync(JobOf(id, order, at), new ShareClaim(null, ILedgerRepricing.Shares), Admin, None));
}
