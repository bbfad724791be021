using BudgetEngine.Api.CostCenters;
using BudgetEngine.Dashboard.Bars;
using BudgetEngine.Dashboard.CostCenters;
using BudgetEngine.Dashboard.Wording;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.Windows;
using BudgetEngine.Domain.Wording;
using BudgetEngine.Ledger.Nodes;

namespace BudgetEngine.Dashboard.Budgets;

/// <summary>What a change of limits changes with the next check: computed from the balances as they are, by the rules that decide.</summary>
internal sealed class BudgetPreview(LiveNodes nodes, INodeReader reader, TimeProvider clock)
{
    /// <param name="increases">Those that are in force afterwards.</param>
    public async Task<IReadOnlyList<PreviewLine>> OfAsync(CostCenterModel model, LimitSet becomes, IReadOnlyList<Increase> increases, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var today = nodes.TodayOf(model.Path);
        var state = (await reader.ReadNodesAsync([model.Path], today.AddDays(-33), now, cancellationToken))[0];
        var account = new LimitedAccount(AccountKind.Node, model.Path);
        account.SetBudget(becomes, increases);
        foreach (var day in state.Days) account.Balances.SetDay(day.Date, day.Balance);
        foreach (var month in state.Months) account.Balances.SetMonth(month.Date, month.Balance);
        var changes = new List<PreviewLine>();
        foreach (var period in Window.Periods)
        {
            var was = model.Line.Windows.FirstOrDefault(w => w.Period == period);
            if (account.Figures(becomes, period, today, now) is not { } figures)
            {
                if (was is not null) changes.Add(new PreviewLine(period, was.Limit, null, "no limit any more.", null));
                continue;
            }

            var soft = becomes.Enforcement == Enforcement.Soft;
            if (was is not null && was.Limit == figures.Limit && was.Soft == soft) continue;
            changes.Add(LineOf(model, period, was, figures, soft, now));
        }

        return changes;
    }

    /// <summary>Who else decides: of the limited windows above, the one with the least that is left, as a sentence. Null: nobody, or it may not be told.</summary>
    public static string? AlsoDecides(CostCenterModel model)
    {
        var above = model.OnPath.Where(w => w.CostCenter != model.Path && !w.Hidden && !w.Soft).MinBy(w => w.Available);
        if (above is null) return null;
        var currency = model.Shell.Currency;
        var runsOut = above.Forecast?.ReachedAt is { } reached ? $" and runs out {TimeWords.LongDay(reached, above.Now, model.Line.Zone)} at this pace" : "";
        return $"{above.CostCenter} decides as well: it has {currency.Of(Money.Max(Money.Zero, above.Available))} available in its {Words.Periods.Of(above.Period)} window{runsOut}.";
    }

    private PreviewLine LineOf(CostCenterModel model, Period period, WindowLine? was, in WindowFigures figures, bool soft, DateTimeOffset now)
    {
        var calendar = nodes.CalendarOf(model.Path);
        // Where the period was not limited so far nothing is held in it by name, yet all that is open will count.
        var becomes = new WindowLine(
            model.Path, period, figures.Limit, figures.Spent, was?.Held ?? model.Line.Held, StatusLook.Of(figures.Status, soft), soft, false,
            calendar.StartOfWindow(period, figures.Window), calendar.EndOf(period, figures.Window), now, [.. figures.Limits.Thresholds.Select(t => t.At)])
        {
            // Its cost center's, whatever the window.
            Recent = model.Line.Windows.Select(w => w.Recent).FirstOrDefault(),
        };
        return new PreviewLine(period, was?.Limit, becomes, SentenceOf(becomes, was, model), DenialOf(becomes, model));
    }

    private static string? DenialOf(WindowLine becomes, CostCenterModel model)
    {
        if (becomes.Soft || becomes.Available > Money.Zero) return null;
        return becomes.End is { } end ? $"Checks would be denied from now on, until {TimeWords.Day(end, becomes.Now, model.Line.Zone)}." : "Checks would be denied from now on.";
    }

    private static string SentenceOf(WindowLine becomes, WindowLine? was, CostCenterModel model)
    {
        var (currency, zone) = (model.Shell.Currency, model.Line.Zone);
        if (becomes.Available <= Money.Zero)
        {
            var taken = $"{currency.Of(becomes.Spent)} is spent and {currency.Of(becomes.Held)} held already.";
            return becomes.Soft ? taken + " Checks are allowed, and marked as over the limit." : taken;
        }

        if (becomes.Forecast?.ReachedAt is not { } reached) return $"{currency.Of(becomes.Available)} available; lasts until the window ends at this pace.";
        var instead = was?.Forecast?.ReachedAt is { } before ? $" instead of {TimeWords.Day(before, becomes.Now, zone)}" : "";
        return $"lasts until {TimeWords.Day(reached, becomes.Now, zone)}{instead} at this pace.";
    }
}
