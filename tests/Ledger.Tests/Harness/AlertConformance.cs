using BudgetEngine.Alerts.Evaluation;
using BudgetEngine.Domain.Alerts;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.Prices;
using BudgetEngine.Domain.Windows;
using BudgetEngine.Ledger.Alerts;
using BudgetEngine.Ledger.Catalogs;
using Xunit.Abstractions;

namespace BudgetEngine.Ledger.Tests.Harness;

/// <summary>Short ways to say what alerts are about. Limits and costs are in nano-units.</summary>
public abstract class AlertConformance(LedgerHost host, ITestOutputHelper output) : LedgerConformance(host, output)
{
    /// <summary>A day's spend up to here is never a spike.</summary>
    protected const long SpikeFloor = 10;

    protected static readonly DateOnly Monday = new(2026, 11, 16);

    protected static readonly DateOnly First = new(2026, 11, 1);

    protected static LimitSet Limited(long? daily = null, long? weekly = null, long? monthly = null, long? total = null, params Threshold[] thresholds) => new(
        new Limits(Of(daily), Of(weekly), Of(monthly), Of(total)), thresholds.Length == 0 ? Threshold.Defaults : [.. thresholds], Enforcement.Hard);

    protected static Budget Own(long? daily = null, long? weekly = null, long? monthly = null, long? total = null, params Threshold[] thresholds) =>
        Budget.Empty with { Own = Limited(daily, weekly, monthly, total, thresholds) };

    protected static Channel ChannelOf(string name, ChannelType type = ChannelType.Webhook, string? under = null) =>
        new(name, under, type, [], [], new ChannelTarget { Url = $"https://{name}.example" }, null);

    protected async Task<AlertContext> ContextAsync(DateTimeOffset? now = null) => new(
        now ?? Now, new PolicyBook(await Store.Catalogs.ReadPoliciesAsync(None)), new PriceBook(await Store.Catalogs.ReadPricesAsync(None)), new Money(SpikeFloor), "USD", Resolution.Nano);

    /// <summary>As a grain does that has learnt a balance.</summary>
    protected Task<EvaluationResult> EvaluateAsync(string costCenter, string? user = null, DateTimeOffset? now = null, DateOnly? date = null, AlertCause cause = AlertCause.Usage) =>
        EvaluateAsync(now, new AlertEvaluation.BalanceChanged(costCenter, user, date ?? Today) { Cause = cause });

    protected async Task<EvaluationResult> EvaluateAsync(DateTimeOffset? now, params AlertEvaluation[] evaluations) => await Store.Evaluations.EvaluateAsync(evaluations, await ContextAsync(now), None);

    /// <summary>Rolls up and sweeps until nothing is left; returns the channels that have something new to tell.</summary>
    protected async Task<IReadOnlyList<string>> SweepAsync(DateTimeOffset? now = null, int limit = 100)
    {
        await RollUpAllAsync(100);

        var channels = new SortedSet<string>(StringComparer.Ordinal);
        var context = await ContextAsync(now);
        while (await Store.Evaluations.SweepAsync([], limit, context, None) is { Taken: > 0 } result) channels.UnionWith(result.Channels);
        return [.. channels];
    }

    /// <summary>Oldest first.</summary>
    protected async Task<List<Alert>> AlertsAsync(AlertType type = AlertType.ThresholdReached) =>
        [.. (await Store.Alerts.ReadAlertsAsync(null, null, null, 1_000, None)).Select(a => a.Alert).Where(a => a.Type == type).Reverse()];

    protected async Task<List<decimal>> ThresholdsAsync() => [.. (await AlertsAsync()).Select(a => a.Threshold!.Value)];

    protected async Task PutChannelsAsync(params Channel[] channels)
    {
        foreach (var channel in channels) await Store.Channels.PutChannelAsync(channel, null, Admin, None);
    }

    protected async Task<List<StoredDelivery>> DeliveriesAsync(string alertId) => [.. await Store.Alerts.ReadDeliveriesAsync(alertId, None)];

    protected static Increase IncreaseOf(string id, long amount, DateTimeOffset until, Period period = Period.Daily, string? user = null) =>
        new(id, "acme", user, period, new Money(amount), until, null, "k", Now);

    private static Money? Of(long? nanos) => nanos is { } n ? new Money(n) : null;
}
