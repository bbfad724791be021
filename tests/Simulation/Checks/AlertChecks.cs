using BudgetEngine.Domain.Alerts;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.Windows;
using BudgetEngine.Ledger.Alerts;
using BudgetEngine.Simulation.Cluster;
using BudgetEngine.Simulation.Store;

namespace BudgetEngine.Simulation.Checks;

/// <summary>Invariant 9 when all is quiet: every crossing has one alert of its generation, each alert one delivery per channel that takes it, and each was heard.</summary>
internal sealed class AlertChecks(World world)
{
    private const int MaxWaits = 60;

    private AlertTables Tables => world.Database.Alerting;

    public async Task RunAsync()
    {
        await QuietAsync();
        world.Require(world.Broken is null, () => world.Broken!);
        CheckEveryCrossingIsSent();
        CheckGenerations();
        CheckPauses();
        CheckDeliveries();
        CheckRollUps();
    }

    /// <summary>No row was passed over: what the roll-ups have of a cost center's month is what its balance is.</summary>
    private void CheckRollUps()
    {
        foreach (var (key, balance) in world.Database.Balances.Where(b => b.Key is { User: "", Period: Period.Monthly }))
        {
            var rolled = Tables.Spend.SpentIn(key.CostCenter, key.Window);
            world.Require(rolled == balance.Spent.Nanos, () => $"conservation (2): the roll-ups have {rolled} of {key.CostCenter} in {key.Window}, its balance is {balance.Spent.Nanos}");
        }
    }

    /// <summary>Until nothing is left to look at and to tell: retries wait for minutes, which pass without the ticks of every lease.</summary>
    private async Task QuietAsync()
    {
        for (var i = 0; i < MaxWaits; i++)
        {
            await world.DelayAsync(TimeSpan.FromSeconds(4));
            if (Next() is not { } next) return;
            // A clock that was set back comes to it later.
            var wait = next - world.Processes.Min(p => p.Os.Time.GetUtcNow());
            if (wait > TimeSpan.FromSeconds(10)) await PassAsync(wait);
        }

        var left = Tables.Deliveries.Where(d => d.Value.State == DeliveryState.Pending).Select(d => $"{d.Key} {d.Value}").Concat(Tables.Evaluations.Values.Select(l => l.ToString())).FirstOrDefault();
        world.Fail($"alerts (9): something is never evaluated or told: {left}, rows after the cursor: {Tables.Rows.Keys.Count(k => k.CompareTo(Tables.Cursor) > 0)}");
    }

    /// <summary>The instant at which something is due; null: nothing is, but what waits for the end of a window, an increase or a pause.</summary>
    private DateTimeOffset? Next()
    {
        if (Tables.Rows.Count > 0 && Tables.Rows.Keys.Last().CompareTo(Tables.Cursor) > 0) return world.Now;
        var pending = Tables.Deliveries.Values.Where(d => d.State == DeliveryState.Pending).Select(d => (DateTimeOffset?)d.NextAt).Order().FirstOrDefault();
        var latest = world.Processes.Max(p => p.Os.Time.GetUtcNow());
        var look = Tables.Evaluations.Values.Where(l => l.DueAt <= latest).Select(l => (DateTimeOffset?)l.DueAt).Order().FirstOrDefault();
        return pending is null || look < pending ? look : pending;
    }

    private async Task PassAsync(TimeSpan time)
    {
        foreach (var process in world.Processes) process.Os.Pause();
        await world.DelayAsync(time);
        foreach (var process in world.Processes) process.Os.Resume();
        await world.DelayAsync(TimeSpan.FromSeconds(8));
    }

    /// <summary>By the balances and limits of the ledger alone. Of windows that have ended only while no limit was changed: nobody looks at them again.</summary>
    private void CheckEveryCrossingIsSent()
    {
        var told = Tables.Alerts.Values.Where(a => a.Alert.Type == AlertType.ThresholdReached)
            .ToLookup(a => (new AccountKey(a.Alert.CostCenter, a.Alert.User ?? ""), a.Alert.Period!.Value, a.Alert.Window, a.Alert.Threshold!.Value), a => a.Alert);
        var today = world.Database.Tenants[World.Tenant].Calendar.DateOf(world.Now);
        foreach (var group in world.Database.Balances.Where(b => b.Key.Period == Period.Daily).GroupBy(b => new AccountKey(b.Key.CostCenter, b.Key.User)))
        {
            // An old name is closed: nobody is told of what its history comes to by limits that it never had.
            if (world.Moves.Aliases.Find(group.Key.CostCenter) is not null) continue;
            if (AlertWatch.LimitsOf(group.Key, k => world.Database.Budgets.GetValueOrDefault(k)?.Budget) is not { } limits) continue;
            var thisMonth = group.Any(b => Window.Containing(Period.Monthly, b.Key.Window) == Window.Containing(Period.Monthly, today));
            foreach (var period in Window.Periods)
            {
                foreach (var window in group.Select(b => Window.Containing(period, b.Key.Window)).Distinct())
                {
                    var current = window == Window.Containing(period, today);
                    if (world.Plan.ClockSteps || (!current && (world.Plan.LimitsChange || world.Plan.Zones)) || (group.Key.User.Length > 0 && !thisMonth)) continue;
                    CheckWindow(group.Key, limits, period, window, current, told);
                }
            }
        }
    }

    private void CheckWindow(
        AccountKey account, LimitSet limits, Period period, DateOnly window, bool current, ILookup<(AccountKey, Period, DateOnly, decimal), Alert> told)
    {
        if (limits.Limits[period] is not { } plain) return;
        var increases = world.Database.Increases.Values.Where(i => i.CostCenter == account.CostCenter && (i.User ?? "") == account.User && i.Period == period).ToList();
        if (!current && increases.Count > 0) return;
        var limit = plain.Nanos + increases.Where(i => i.Until > world.Now).Sum(i => i.Amount.Nanos);
        var spent = world.Alerts.SpentIn(account, period, window);
        foreach (var threshold in limits.Thresholds)
        {
            var key = new MarkKey(account, period, window, threshold.At);
            var reached = spent >= Math.Max(1, decimal.Ceiling(threshold.At * limit));
            var mark = Tables.Marks.GetValueOrDefault(key);
            world.Require(
                mark.Fired == reached || (!reached && !current),
                () => $"alerts (9): {account} has spent {spent} of {limit} in {period} {window}, and {threshold.At} is {(mark.Fired ? "" : "not ")}marked as told");
            if (!reached) continue;
            world.Require(
                // What was told under an old name was told; where two became one, both may have been.
                told[(account, period, window, threshold.At)].Count(a => a.Generation == mark.Generation) == 1 || IsToldBefore(account, period, window, threshold.At, mark.Generation),
                () => $"alerts (9): {account} has spent {spent} of {limit} in {period} {window}, and {threshold.At} has no alert of generation {mark.Generation}");
        }
    }

    private bool IsToldBefore(AccountKey account, Period period, DateOnly window, decimal at, int generation) =>
        world.Moves.Touches(account.CostCenter) && Tables.Alerts.Values.Select(a => a.Alert).Any(a => a.Type == AlertType.ThresholdReached && (a.User ?? "") == account.User && a.Period == period && a.Window == window
            && a.Threshold == at && a.Generation == generation && world.Moves.NamesOf(a.CostCenter).Contains(account.CostCenter));

    /// <summary>One alert per (cost center, user, window, threshold, generation), and no generation is left out.</summary>
    private void CheckGenerations()
    {
        var told = Tables.Alerts.Values.Select(a => a.Alert).Where(a => a.Type == AlertType.ThresholdReached);
        // Generations go on under the new name of what was moved.
        foreach (var group in told.Where(a => !world.Moves.Touches(a.CostCenter)).GroupBy(a => (a.CostCenter, a.User, a.Period, a.Window, a.Threshold)))
        {
            var generations = group.Select(a => a.Generation).Order().ToList();
            world.Require(
                generations.SequenceEqual(Enumerable.Range(0, generations.Count)), () => $"alerts (9): {group.Key} is told in the generations {string.Join(' ', generations)}");
        }
    }

    /// <summary>Every pause that stands now, or did when it was looked at, was told once.</summary>
    private void CheckPauses()
    {
        foreach (var pause in world.Database.Pauses.Values)
        {
            var told = Tables.Alerts.Values.Count(a => a.Alert.Type == AlertType.Paused && world.Moves.NamesOf(a.Alert.CostCenter).Contains(pause.CostCenter) && a.Alert.User == pause.User && a.Alert.ResetsAt == pause.Until);
            world.Require(told >= 1, () => $"alerts (9): {pause} was told to nobody");
        }
    }

    private void CheckDeliveries()
    {
        foreach (var alert in Tables.Alerts.Values.Select(a => a.Alert))
        {
            var expected = world.Receivers.Channels.Where(c => UndersOf(c).All(u => Takes(c with { Under = u }, alert))).Select(c => (c.Name, Over: IsOver(c, alert))).ToHashSet();
            var possible = world.Receivers.Channels.Where(c => UndersOf(c).Any(u => Takes(c with { Under = u }, alert))).Select(c => (c.Name, Over: IsOver(c, alert))).ToHashSet();
            var stored = Tables.Deliveries.Keys.Where(k => k.AlertId == alert.Id).ToList();
            world.Require(
                expected.IsSubsetOf(stored.Select(k => (k.Channel, k.Resolves))) && stored.All(k => possible.Contains((k.Channel, k.Resolves)) || (k is { Channel: "duty", Resolves: true })),
                () => $"alerts (9): {alert.Id} ({alert.Type} {alert.Cause}) has the deliveries {string.Join(' ', stored)}, not {string.Join(' ', expected)}");
            foreach (var key in stored)
            {
                var state = Tables.Deliveries[key].State;
                world.Require(
                    state == DeliveryState.Delivered || (state == DeliveryState.Dropped && key is { Channel: "duty", Resolves: false }), () => $"alerts (9): {key} ends as {state}");
                world.Require(
                    state != DeliveryState.Delivered || world.Receivers.Has(key.Channel, key.AlertId, key.Resolves), () => $"alerts (9): {key} is marked as delivered, and nobody heard it");
            }
        }
    }

    /// <summary>A channel goes along with the cost center under which it is: any of these may have stood when an alert was made.</summary>
    private IEnumerable<string?> UndersOf(Channel channel) => channel.Under is { } under ? world.Moves.NamesOf(under) : [null];

    /// <summary>The rule of section 6, said once more.</summary>
    private static bool Takes(Channel channel, Alert alert) =>
        alert.Cause != AlertCause.Late && !(alert.Type == AlertType.ChannelDead && alert.Detail!.StartsWith(channel.Name + ":", StringComparison.Ordinal)) && (channel.Under is null || alert.CostCenter == channel.Under || alert.CostCenter.StartsWith(channel.Under + "/", StringComparison.Ordinal))
        && (channel.Types.IsEmpty ? alert.Type != AlertType.CostCenterCreated || alert.Detail is not null || !alert.CostCenter.Contains('/', StringComparison.Ordinal) : channel.Types.Contains(alert.Type)) && (alert.Level is null || channel.Levels.IsEmpty || channel.Levels.Contains(alert.Level));

    private static bool IsOver(Channel channel, Alert alert) => channel.Type == ChannelType.PagerDuty && alert.Type is AlertType.WindowReset or AlertType.Resumed;
}
