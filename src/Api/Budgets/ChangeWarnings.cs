using BudgetEngine.Api.CostCenters;
using BudgetEngine.Api.Http;
using BudgetEngine.Api.Keys;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Domain.Windows;
using BudgetEngine.Domain.Wording;
using BudgetEngine.Ledger.Nodes;

namespace BudgetEngine.Api.Budgets;

/// <summary>What a write of a budget ends or turns at once, in sentences: told with the write, and before it by <c>dry_run</c>.</summary>
internal sealed class ChangeWarnings(INodeReader nodes, ILedgerBudgets budgets, LiveNodes live, Resolution resolution, TimeProvider clock)
{
    /// <summary>Of the days the ledger keeps, the oldest that a weekly window needs.</summary>
    private const int DaysOfAWeek = 7;

    /// <param name="before">Null: none was set.</param>
    /// <param name="after">Null: it is taken away.</param>
    public async Task<IReadOnlyList<string>> OfAsync(Target target, Budget? before, Budget? after, ApiKey caller)
    {
        var (was, becomes) = (before?.Own ?? LimitSet.None, after?.Own ?? LimitSet.None);
        var warnings = new List<string>();
        foreach (var period in Window.Periods)
        {
            if (was.Limits[period] is { } limit && becomes.Limits[period] is null) warnings.Add($"{Words.Periods.Of(period)}: the limit {resolution.ToText(limit)} ends");
        }

        if (before?.PerUser is not null && after?.PerUser is null) warnings.Add("per_user: users have no limit of their own here any more, but those with a budget of their own");
        if (before?.PerChild is not null && after?.PerChild is null) warnings.Add("per_child: children have no limit from here any more");
        if (was.Limits.Any && !becomes.Limits.Any && await IsUnlimitedAsync(target, caller)) warnings.Add($"no limit of money is left on {target.Path} or above it: what is spent there denies no check any more");
        if (becomes.Limits.Any && (was.Limits != becomes.Limits || was.Enforcement != becomes.Enforcement)) warnings.AddRange(await SpentAsync(target, was, becomes));
        return warnings;
    }

    /// <summary>A new zone begins with the next day, so that no day is counted twice.</summary>
    public string? OfZone(TenantSettings before, TenantSettings? after)
    {
        if (after is null || after.Calendar.Equals(before.Calendar)) return null;
        var now = clock.GetUtcNow();
        if (after.Calendar.History[^1].From <= now) return null;
        return $"time_zone: {after.Calendar.CurrentZone} is in force from {TimeText.Of(after.Calendar.History[^1].From)} on, when the current day ends in {before.Calendar.ZoneAt(now)}";
    }

    /// <summary>Limits under what is spent already. What is held counts too once it is settled; it is not looked at here.</summary>
    private async Task<IEnumerable<string>> SpentAsync(Target target, LimitSet was, LimitSet becomes)
    {
        var now = clock.GetUtcNow();
        var today = live.TodayOf(target.Path);
        var account = new LimitedAccount(target.User is null ? AccountKind.Node : AccountKind.User, target.User ?? target.Path);
        if (target.User is { } user)
        {
            var side = await nodes.ReadUserAsync(target.Path, user, today.AddDays(-DaysOfAWeek), CancellationToken.None);
            Fill(account, becomes, side.Increases, side.Days, side.Months);
        }
        else
        {
            var node = (await nodes.ReadNodesAsync([target.Path], today.AddDays(-DaysOfAWeek), now, CancellationToken.None))[0];
            Fill(account, becomes, node.Increases, node.Days, node.Months);
        }

        return Window.Periods
            .Where(p => was.Limits[p] != becomes.Limits[p] || was.Enforcement != becomes.Enforcement)
            .Select(p => account.Figures(becomes, p, today, now))
            .Where(f => f is { } figures && figures.Spent >= figures.Limit)
            .Select(f => SentenceOf(target.Path, f!.Value, becomes.Enforcement));
    }

    private string SentenceOf(string path, in WindowFigures figures, Enforcement enforcement)
    {
        var spent = $"{Words.Periods.Of(figures.Period)}: {resolution.ToText(figures.Spent)} of {resolution.ToText(figures.Limit)} is spent already";
        if (enforcement == Enforcement.Soft) return $"{spent}: checks are allowed, and marked as over the limit";
        return live.CalendarOf(path).EndOf(figures.Period, figures.Window) is { } end
            ? $"{spent}: checks are denied from now on, until {TimeText.Of(end)}"
            : $"{spent}: checks are denied from now on";
    }

    private static void Fill(LimitedAccount account, LimitSet limits, IReadOnlyList<Increase> increases, IReadOnlyList<DatedBalance> days, IReadOnlyList<DatedBalance> months)
    {
        account.SetBudget(limits, increases);
        foreach (var day in days) account.Balances.SetDay(day.Date, day.Balance);
        foreach (var month in months) account.Balances.SetMonth(month.Date, month.Balance);
    }

    /// <summary>Whether nothing else limits this cost center. Who may not see all that is above it is told nothing.</summary>
    private async Task<bool> IsUnlimitedAsync(Target target, ApiKey caller)
    {
        if (!caller.IsWholeInstallation) return false;
        for (var above = target.User is null ? CostCenterId.ParentOf(target.Path) : target.Path; above is not null; above = CostCenterId.ParentOf(above))
        {
            if ((await budgets.ReadBudgetAsync(above, null, CancellationToken.None))?.Budget is { } budget && (budget.Own.Limits.Any || budget.PerUser is not null || budget.PerChild is not null)) return false;
        }

        return true;
    }
}
