using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.Usage;
using BudgetEngine.Ledger.Records;
using BudgetEngine.Ledger.Tests.Harness;
using BudgetEngine.TestKit.Traffic;
using Xunit.Abstractions;

namespace BudgetEngine.Ledger.Tests.Conformance;

/// <summary>Invariants 2, 3 and 7 over random batches, against <see cref="NaiveLedger"/>. The seed is printed; <c>LEDGER_SEED</c> repeats a run.</summary>
public abstract class RandomSuite(LedgerHost host, ITestOutputHelper output) : LedgerConformance(host, output)
{
    private static readonly string[] Paths = ["acme", "acme/a", "acme/a/b", "acme/a/b/c", "acme/a-b", "acme/b", "beta", "beta/a/b"];
    private static readonly string[] Users = ["amy", "bob", "Zoë"];

    [LedgerFact]
    public async Task RandomBatches_AnswerAndAddUpAsTheNaiveLedgerDoes()
    {
        var random = Seed.NewRandom(Output);
        var naive = new NaiveLedger();
        for (var step = 0; step < 60; step++)
        {
            if (step == 20) await PutAsync("acme", BudgetOf(1, LimitSet.None));
            if (step == 30) await PutAsync("acme/a/b", BudgetOf(1), "amy");
            var batch = Enumerable.Range(0, random.Next(1, 30)).Select(_ => RandomRow(random)).ToArray();
            var ledgerBatch = BatchOf(batch);

            var result = await Store.Records.CommitAsync(ledgerBatch, None);

            Assert.Equal(naive.Commit(batch), result.Records.Select(r => r.Outcome));
            foreach (var balances in result.Balances) AssertSame(naive, balances);
            if (random.Next(4) == 0) await AssertReplayAsync(naive, ledgerBatch, result);
        }

        foreach (var path in Paths) await AssertSameAsync(naive, path);
        await AssertConsistentAsync();
    }

    [LedgerFact]
    public async Task RandomBatchesInAnyOrder_GiveTheSameBalances()
    {
        var random = Seed.NewRandom(Output);
        var rows = Enumerable.Range(0, 300).Select(i => Row($"r{i}", Paths[random.Next(Paths.Length)], random.Next(1000), Users[random.Next(3)])).ToArray();
        var naive = new NaiveLedger();
        naive.Commit(rows);
        var sent = rows.Concat(rows).Concat(rows).ToArray();
        random.Shuffle(sent);

        foreach (var batch in sent.Chunk(37)) await CommitAsync(batch);

        foreach (var path in Paths) await AssertSameAsync(naive, path);
        await AssertConsistentAsync();
    }

    /// <summary>Few ids, so that repeats, conflicts and corrections of each other's rows are common.</summary>
    private static UsageRow RandomRow(Random random)
    {
        var id = $"r{random.Next(200)}";
        var path = Paths[random.Next(Paths.Length)];
        if (random.Next(4) == 0) return Correction($"c{random.Next(60)}", path, $"r{random.Next(200)}", random.Next(-30, 20));
        return Row(id, path, random.Next(40), Users[random.Next(3)], Today.AddDays(-random.Next(35))) with { Final = random.Next(5) > 0 };
    }

    private static void AssertSame(NaiveLedger naive, DateBalances b)
    {
        Assert.Equal(naive.Sum(b.CostCenter, b.User, d => d == b.Date), (b.Day.Spent.Nanos, b.Day.Requests));
        Assert.Equal(
            naive.Sum(b.CostCenter, b.User, d => (d.Year, d.Month) == (b.Date.Year, b.Date.Month)), (b.Month.Spent.Nanos, b.Month.Requests));
    }

    private async Task AssertReplayAsync(NaiveLedger naive, LedgerBatch batch, BatchResult first)
    {
        var second = await Store.Records.CommitAsync(batch, None);
        naive.Commit([.. batch.Records.Select(r => r.Row)]);
        var refused = new HashSet<string>();
        for (var i = 0; i < first.Records.Count; i++)
        {
            // A correction that was refused may fit by now, and then counts as the first of its id; what was recorded stays so.
            var id = batch.Records[i].Row.RequestId;
            if (first.Records[i].Outcome is RecordOutcome.CorrectionTooLarge or RecordOutcome.UnknownOriginal) refused.Add(id);
            if (refused.Contains(id)) continue;
            Assert.Equal(first.Records[i] with { NewFrom = 0 }, second.Records[i]);
        }
    }

    private async Task AssertSameAsync(NaiveLedger naive, string path)
    {
        var node = await NodeAsync(path);
        Assert.Equal(naive.Sum(path, null, _ => true), (node.Days.Sum(d => d.Balance.Spent.Nanos), node.Days.Sum(d => d.Balance.Requests)));
        foreach (var day in node.Days) Assert.Equal(naive.Sum(path, null, d => d == day.Date), (day.Balance.Spent.Nanos, day.Balance.Requests));
    }
}
