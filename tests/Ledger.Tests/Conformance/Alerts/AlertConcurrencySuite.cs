using BudgetEngine.Alerts.Evaluation;
using BudgetEngine.Domain.Alerts;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.Windows;
using BudgetEngine.Ledger.Alerts;
using BudgetEngine.Ledger.Nodes;
using BudgetEngine.Ledger.Records;
using BudgetEngine.Ledger.Tests.Harness;
using Xunit.Abstractions;

namespace BudgetEngine.Ledger.Tests.Conformance.Alerts;

/// <summary>Many evaluations, sweeps, records and changes of limits at once: each crossing is told once, and none is missing.</summary>
public abstract class AlertConcurrencySuite(LedgerHost host, ITestOutputHelper output) : AlertConformance(host, output)
{
    private const int Threads = 8;

    [LedgerFact]
    public async Task TheSameEvaluation_ByManyAtOnce_TellsOnce()
    {
        await PutChannelsAsync(ChannelOf("hook"));
        await PutAsync("acme", Own(daily: 100, weekly: 100, monthly: 100, total: 100));
        await CommitAsync(Row("1", "acme", 100));
        var stores = await StoresAsync(Threads);
        var context = await ContextAsync();

        var results = await Task.WhenAll(stores.Select(s => Task.Run(() => RepeatAsync(() => s.Evaluations.EvaluateAsync([new AlertEvaluation.BalanceChanged("acme", null, Today)], context, None)))));

        Assert.Equal(16, (await AlertsAsync()).Count);
        Assert.Equal(1, results.Count(r => r.Channels.Count > 0));
        Assert.Equal(16, (await Store.Deliveries.ReadDueAsync("hook", Now, 100, None)).Due.Count);
    }

    [LedgerFact]
    public async Task AStaleReader_DoesNotRearm_WhatOthersHaveFired()
    {
        // Spend only grows, so nothing may ever be armed again, however the evaluations and the records interleave.
        await PutAsync("acme", Own(daily: 200, thresholds: [.. Enumerable.Range(1, 16).Select(i => new Threshold(i / 16m, $"l{i}"))]));
        var stores = await StoresAsync(Threads);
        var context = await ContextAsync();

        await Task.WhenAll(stores.Select((store, w) => Task.Run(async () =>
        {
            for (var i = 0; i < 25; i++)
            {
                if (w % 2 == 0) await RepeatAsync(() => store.Records.CommitAsync(new LedgerBatch(HashOf("b", $"{w}", i), [new RecordEntry(Row($"r{w}-{i}", "acme", 2))], []), None));
                await RepeatAsync(() => store.Evaluations.EvaluateAsync([new AlertEvaluation.BalanceChanged("acme", null, Today)], context, None));
            }
        })));
        await SweepAsync();

        Assert.Equal(Enumerable.Range(1, 16).Select(i => (i / 16m, 0)), (await AlertsAsync()).Select(a => (a.Threshold!.Value, a.Generation)).Order());
    }

    [LedgerFact]
    public async Task RecordsCorrectionsLimitsEvaluationsAndSweeps_AtOnce_LeaveNothingUntold()
    {
        await PutChannelsAsync(ChannelOf("hook"), ChannelOf("duty", ChannelType.PagerDuty));
        string[] nodes = ["acme", "acme/x", "acme/y"];
        foreach (var node in nodes) await PutAsync(node, Own(daily: 300, total: 500) with { PerUser = Limited(daily: 90), PerChild = Limited(weekly: 200) });
        var stores = await StoresAsync(Threads);
        var context = await ContextAsync();
        var contended = 0;
        using var stop = new CancellationTokenSource();
        var sweeping = stores.Take(3).Select(s => Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                await RepeatAsync(() => s.Housekeeping.RollUpAsync(7, None), () => Interlocked.Increment(ref contended));
                await RepeatAsync(() => s.Evaluations.SweepAsync([], 5, context, None), () => Interlocked.Increment(ref contended));
            }
        })).ToList();
        using var ended = new Ended(stop);

        await Task.WhenAll(stores.Skip(3).Select((store, w) => Task.Run(async () =>
        {
            var random = new Random(w);
            for (var i = 0; i < 30; i++)
            {
                var (node, user) = (nodes[random.Next(3)], $"u{random.Next(3)}");
                switch (random.Next(6))
                {
                    case 0:
                        await RepeatAsync(() => store.Budgets.PutBudgetAsync(
                            node, null, Own(daily: random.Next(50, 400), total: 500) with { PerUser = Limited(daily: 90), PerChild = Limited(weekly: 200) }, null, BudgetPrecondition.None, Admin, None));
                        break;
                    case 1:
                        await RepeatAsync(() => store.Evaluations.EvaluateAsync(
                            [.. nodes.Select(n => new AlertEvaluation.BalanceChanged(n, null, Today)), .. nodes.Select(n => new AlertEvaluation.BalanceChanged(n, user, Today))], context, None),
                            () => Interlocked.Increment(ref contended));
                        break;
                    case 2:
                        var original = $"r{w}-{random.Next(i + 1)}";
                        await RepeatAsync(() => store.Records.CommitAsync(new LedgerBatch(HashOf("c", $"{w}", i), [new RecordEntry(Correction($"c{w}-{i}", node, original, -4))], []), None));
                        break;
                    default:
                        await RepeatAsync(() => store.Records.CommitAsync(new LedgerBatch(HashOf("b", $"{w}", i), [new RecordEntry(Row($"r{w}-{i}", node, 8, user))], []), None));
                        break;
                }
            }
        })));
        await stop.CancelAsync();
        await Task.WhenAll(sweeping);
        await SweepAsync();

        Output.WriteLine($"{contended} transactions lost against another and were repeated; {(await AlertsAsync()).Count} alerts");
        await AssertNothingUntoldAsync(nodes);
    }

    /// <summary>A test that fails leaves nobody behind who sweeps the next one's ledger.</summary>
    private sealed class Ended(CancellationTokenSource stop) : IDisposable
    {
        public void Dispose() => stop.Cancel();
    }

    /// <summary>Every threshold that the balances reach has an alert of its newest generation, which is later than every one before.</summary>
    private async Task AssertNothingUntoldAsync(string[] nodes)
    {
        var alerts = await AlertsAsync();
        Assert.Equal(alerts.Count, alerts.Select(a => a.Id).Distinct().Count());
        foreach (var told in alerts.GroupBy(a => (a.CostCenter, a.User, a.Period, a.Window, a.Threshold)))
        {
            Assert.Equal(Enumerable.Range(0, told.Count()), told.Select(a => a.Generation).Order());
        }

        foreach (var node in nodes)
        {
            var state = await NodeAsync(node);
            var account = new LimitedAccount(AccountKind.Node, node);
            Fill(account, state.Days, state.Months);
            AssertTold(alerts, node, null, account, state.Budget!.Own);
            for (var u = 0; u < 3; u++)
            {
                var side = await Store.Nodes.ReadUserAsync(node, $"u{u}", Monday, None);
                var user = new LimitedAccount(AccountKind.User, $"u{u}");
                Fill(user, side.Days, side.Months);
                AssertTold(alerts, node, $"u{u}", user, state.Budget!.PerUser!);
            }
        }

        static void Fill(LimitedAccount account, IEnumerable<DatedBalance> days, IEnumerable<DatedBalance> months)
        {
            foreach (var day in days) account.Balances.SetDay(day.Date, day.Balance);
            foreach (var month in months) account.Balances.SetMonth(month.Date, month.Balance);
        }
    }

    private static void AssertTold(List<Alert> alerts, string node, string? user, LimitedAccount account, LimitSet limits)
    {
        foreach (var period in Window.Periods)
        {
            if (account.Figures(limits, period, Today, Now) is not { } figures) continue;
            foreach (var threshold in limits.Thresholds.Where(t => figures.Spent >= t.AmountOf(figures.Limit)))
            {
                Assert.Contains(alerts, a => a.CostCenter == node && a.User == user && a.Period == period && a.Window == figures.Window && a.Threshold == threshold.At);
            }
        }
    }

    private async Task<StoreUnderTest[]> StoresAsync(int count)
    {
        if (!Host.SeveralProcesses) return [.. Enumerable.Repeat(Store, count)];
        var stores = Enumerable.Range(0, count).Select(_ => Host.NewStore()).ToArray();
        foreach (var store in stores) await store.OpenAsync(migrate: false, LedgerUse.Shared, None);
        return stores;
    }

    /// <summary>The contract: it had no effect, repeat it.</summary>
    private static async Task<T> RepeatAsync<T>(Func<Task<T>> call, Action? contended = null)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                return await call();
            }
            catch (LedgerContentionException) when (attempt < 20)
            {
                contended?.Invoke();
            }
        }
    }
}
