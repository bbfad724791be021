using BudgetEngine.Domain.Amounts;
using BudgetEngine.Ledger.Reports;
using BudgetEngine.Ledger.Tests.Harness;
using Xunit.Abstractions;

namespace BudgetEngine.Ledger.Tests.Conformance;

/// <summary>Roll-ups and retention beside several writers.</summary>
public abstract class BackgroundSuite(LedgerHost host, ITestOutputHelper output) : ConcurrencySuite(host, output)
{
    [LedgerFact]
    public async Task RollUps_BesideWriters_CountEveryRowOnce()
    {
        var stores = await StoresAsync(3);
        using var stop = new CancellationTokenSource();
        var rolling = Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested) await stores[0].Housekeeping.RollUpAsync(50, None);
        });
        var all = Enumerable.Range(0, 300).Select(i => Row($"r{i:000}", $"acme/{i % 7}", 1)).ToArray();
        await Task.WhenAll(stores.Select((s, w) => Task.Run(() => WriteAsync(s, w, [.. all.Where((_, i) => i % 3 == w)]))));
        await stop.CancelAsync();
        await rolling;
        await RollUpAllAsync(50);

        Assert.Equal(new ModelSpend("gpt-4.1", new Money(300), new Money(300), 300), Assert.Single(await Store.CostCenters.ReadModelsAsync("acme", Today, 10, None)));
    }

    [LedgerFact]
    public async Task Retention_BesideWriters_KeepsEveryAmount()
    {
        var old = Enumerable.Range(0, 300).Select(i => Row($"r{i:000}", $"acme/{i % 3}", 1) with { RecordedAt = Now.AddDays(-99), Timestamp = Now.AddDays(-99) }).ToArray();
        var stores = await StoresAsync(3);
        var writing = Task.WhenAll(stores.Select((s, w) => Task.Run(() => WriteAsync(s, w, [.. old.Where((_, i) => i % 3 == w)]))));
        while (!writing.IsCompleted) await Store.Housekeeping.RetainAsync(Now.AddDays(-90), 20, None);
        await writing;
        while (await Store.Housekeeping.RetainAsync(Now.AddDays(-90), 50, None) > 0)
        {
        }

        Assert.Equal(3, (await Store.Usage.ReadUsageAsync(new UsageFilter(null, null, null, null, null, null, null, null, null, [], null, false, 0, 100), None)).Count);
        Assert.Equal(new Money(300), await SpentAsync("acme"));
        await AssertConsistentAsync();
    }
}
