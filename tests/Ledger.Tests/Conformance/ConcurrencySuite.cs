using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.Usage;
using BudgetEngine.Ledger.Nodes;
using BudgetEngine.Ledger.Records;
using BudgetEngine.Ledger.Tests.Harness;
using Xunit.Abstractions;

namespace BudgetEngine.Ledger.Tests.Conformance;

/// <summary>Several writers at once; in PostgreSQL several processes.</summary>
public abstract class ConcurrencySuite(LedgerHost host, ITestOutputHelper output) : LedgerConformance(host, output)
{
    [LedgerFact]
    public async Task Writers_WithOverlappingIdsInOppositeOrders_NeitherDeadlockNorCountTwice()
    {
        const int rows = 400;
        var all = Enumerable.Range(0, rows).Select(i => Row($"r{i:000}", $"acme/{i % 7}/{i % 3}", 1, $"u{i % 5}")).ToArray();
        await PutAsync("acme", BudgetOf(1, LimitSet.None));
        var stores = await StoresAsync(4);

        var writers = stores.Select((store, w) => Task.Run(() => WriteAsync(store, w, w % 2 == 0 ? all : [.. all.Reverse()])));
        var outcomes = (await Task.WhenAll(writers)).SelectMany(o => o).ToList();

        Assert.Equal(rows, outcomes.Count(o => o == RecordOutcome.Recorded));
        Assert.Equal(rows * 3, outcomes.Count(o => o == RecordOutcome.Duplicate));
        Assert.Equal(new Money(rows), await SpentAsync("acme"));
        await AssertConsistentAsync();
    }

    [LedgerFact]
    public async Task Corrections_OfOneRowByManyWriters_NeverPassItsCost()
    {
        await CommitAsync(Row("r", "acme", 10));
        var stores = await StoresAsync(4);

        var writers = stores.Select((store, w) => Task.Run(async () =>
        {
            var recorded = 0;
            for (var i = 0; i < 8; i++)
            {
                var batch = new LedgerBatch(HashOf("b", $"{w}", i), [new RecordEntry(Correction($"c{w}-{i}", "acme", "r", -1))], []);
                var result = await RepeatAsync(store, batch);
                if (result.Records[0].Outcome == RecordOutcome.Recorded) recorded++;
            }

            return recorded;
        }));

        Assert.Equal(10, (await Task.WhenAll(writers)).Sum());
        Assert.Equal(Money.Zero, await SpentAsync("acme"));
        await AssertConsistentAsync();
    }

    [LedgerFact]
    public async Task Budgets_PutAtOnceUnderOneVersion_OneWins()
    {
        var version = (await PutAsync("acme", BudgetOf(1))).Budget!.Version;
        var stores = await StoresAsync(4);

        var results = await Task.WhenAll(stores.Select((s, i) => Task.Run(() =>
            s.Budgets.PutBudgetAsync("acme", null, BudgetOf(i + 2), null, new BudgetPrecondition([version], false), Admin, None))));

        Assert.Equal(1, results.Count(r => r.Status == BudgetWriteStatus.Replaced));
        Assert.Equal(3, results.Count(r => r.Status == BudgetWriteStatus.PreconditionFailed));
    }

    protected async Task<StoreUnderTest[]> StoresAsync(int count)
    {
        if (!Host.SeveralProcesses) return [.. Enumerable.Repeat(Store, count)];
        var stores = Enumerable.Range(0, count).Select(_ => Host.NewStore()).ToArray();
        foreach (var store in stores) await store.OpenAsync(migrate: false, LedgerUse.Shared, None);
        return stores;
    }

    protected static async Task<List<RecordOutcome>> WriteAsync(StoreUnderTest store, int writer, UsageRow[] rows)
    {
        var outcomes = new List<RecordOutcome>();
        foreach (var chunk in rows.Chunk(23))
        {
            var batch = new LedgerBatch(HashOf("batch", $"{writer}", outcomes.Count), [.. chunk.Select(r => new RecordEntry(r))], []);
            outcomes.AddRange((await RepeatAsync(store, batch)).Records.Select(r => r.Outcome));
        }

        return outcomes;
    }

    /// <summary>As the group-commit writer does.</summary>
    private static async Task<BatchResult> RepeatAsync(StoreUnderTest store, LedgerBatch batch)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                return await store.Records.CommitAsync(batch, None);
            }
            catch (LedgerContentionException) when (attempt < 20)
            {
                // The contract: it had no effect, repeat it.
            }
        }
    }
}
