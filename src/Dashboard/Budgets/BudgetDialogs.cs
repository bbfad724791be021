using System.Globalization;
using BudgetEngine.Api.CostCenters;
using BudgetEngine.Dashboard.CostCenters;
using BudgetEngine.Dashboard.Rendering;
using BudgetEngine.Dashboard.Wording;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.Windows;
using BudgetEngine.Domain.Wording;
using BudgetEngine.Grains.Interfaces.CostCenters;
using BudgetEngine.Ledger.Nodes;
using Microsoft.AspNetCore.Http;

namespace BudgetEngine.Dashboard.Budgets;

/// <summary>
/// The dialogs of a cost center. Each has an address (<c>?edit</c>), so that it works as a page without a script; the script asks for the same address again with the
/// fields as they are being typed, and takes the preview out of the answer.
/// </summary>
internal sealed class BudgetDialogs(BudgetPreview preview, RecentBudgets recent, LiveNodes nodes)
{
    public const string UntilWindowEnds = "window";
    public const string UntilTomorrow = "tomorrow";
    public const string UntilOneHour = "hour";

    /// <summary>The page with the dialog that its address asks for, or that was sent and could not be done.</summary>
    public async Task<CostCenterModel> OpenAsync(HttpContext context, CostCenterModel model, NodeView view, OpenDialog? sent)
    {
        model = WithUndo(context, model);
        if (!model.MayChange) return model;
        var query = context.Request.Query;
        var kind = sent?.Kind ?? ((string[])[OpenDialog.Edit, OpenDialog.Pause, OpenDialog.Increase]).FirstOrDefault(query.ContainsKey);
        var faults = new Dictionary<string, string>(sent?.Faults ?? new Dictionary<string, string>(), StringComparer.Ordinal);
        var fields = sent?.Fields ?? query.ToDictionary(q => q.Key, q => q.Value.ToString(), StringComparer.Ordinal);
        return kind switch
        {
            OpenDialog.Edit => model with { Edit = await EditAsync(model, fields, faults, sent is null, context.RequestAborted) },
            OpenDialog.Pause => model with { Pause = new PauseDialog(fields, faults, EndsOf(model, withHour: true), view.Open) },
            OpenDialog.Increase when model.Line.Windows.Count > 0 => model with { Increase = await IncreaseAsync(model, fields, faults, context.RequestAborted) },
            _ => model,
        };
    }

    /// <summary>When a pause or an increase ends; null: the word is none of ours.</summary>
    public DateTimeOffset? EndOf(string path, string word, Period period, DateTimeOffset now) => word switch
    {
        UntilOneHour => now.AddHours(1),
        UntilTomorrow => nodes.CalendarOf(path).EndOf(Period.Daily, nodes.TodayOf(path)),
        UntilWindowEnds => nodes.CalendarOf(path).EndOf(period, Window.Containing(period, nodes.TodayOf(path))),
        _ => null,
    };

    private CostCenterModel WithUndo(HttpContext context, CostCenterModel model)
    {
        var done = context.Request.Query["done"].ToString();
        if (!model.MayChange) return model;
        if (done == Toasts.Paused && model.Line.IsPaused) return model with { Shell = model.Shell with { UndoAddress = "/edit/resume/" + model.Path, UndoWord = "Resume" } };
        if (done != Toasts.Budget || model.Budget is not { } budget || !recent.Knows(model.Path, budget.Version)) return model;
        return model with { Shell = model.Shell with { UndoAddress = "/edit/undo/" + model.Path } };
    }

    private async Task<EditDialog> EditAsync(CostCenterModel model, IReadOnlyDictionary<string, string> fields, Dictionary<string, string> faults, bool check, CancellationToken cancellationToken)
    {
        var stored = model.Budget;
        // Nothing typed yet: the fields are those of the budget as it is.
        var typed = fields.ContainsKey(BudgetFields.Enforcement) ? fields : BudgetFields.Of(stored?.Budget, model.Shell.Currency.Resolution);
        var found = check ? faults : new Dictionary<string, string>(StringComparer.Ordinal);
        var budget = BudgetFields.Apply(typed, stored?.Budget, model.Path, model.Shell.Currency.Resolution, found);
        var lines = found.Count == 0 || !check ? await preview.OfAsync(model, budget.Own, model.Increases, cancellationToken) : [];
        var last = stored is null ? "No budget is set yet" : $"Changed by {Markup.Actor(stored.UpdatedBy)} {TimeWords.Ago(stored.UpdatedAt, model.Shell.Now, model.Line.Zone)}";
        return new EditDialog(typed, faults, stored?.Version ?? 0, lines, BudgetPreview.AlsoDecides(model), last);
    }

    private async Task<IncreaseDialog> IncreaseAsync(CostCenterModel model, IReadOnlyDictionary<string, string> fields, Dictionary<string, string> faults, CancellationToken cancellationToken)
    {
        var windows = model.Line.Windows.OrderByDescending(w => w.Tightness).Select(w => (Words.Periods.Of(w.Period), $"{Capital(Words.Periods.Of(w.Period))}, {model.Shell.Currency.Round(w.Limit)}")).ToList();
        var period = Words.Periods.Parse(fields.GetValueOrDefault(BudgetFields.Period, "")) ?? model.Line.Tightest!.Period;
        PreviewLine? line = null;
        if (BudgetFields.AmountOf(fields, BudgetFields.Amount, model.Shell.Currency.Resolution, faults) is { IsPositive: true } amount && model.Budget is { } stored)
        {
            var more = new Increase("", model.Path, null, period, amount, model.Shell.Now.AddHours(1), null, "", model.Shell.Now);
            line = (await preview.OfAsync(model, stored.Budget.Own, [.. model.Increases, more], cancellationToken)).FirstOrDefault(l => l.Period == period);
        }

        var chosen = new Dictionary<string, string>(fields, StringComparer.Ordinal) { [BudgetFields.Period] = Words.Periods.Of(period) };
        return new IncreaseDialog(chosen, faults, windows, [.. EndsOf(model, withHour: false)], line, BudgetPreview.AlsoDecides(model));
    }

    private List<(string Value, string Word)> EndsOf(CostCenterModel model, bool withHour)
    {
        var (zone, now) = (model.Line.Zone, model.Shell.Now);
        var ends = new List<(string, string)>();
        if (withHour)
        {
            ends.Add(("", "I resume it"));
            ends.Add((UntilOneHour, $"In 1 hour, {TimeWords.Clock(now.AddHours(1), zone)}"));
        }
        else
        {
            ends.Add((UntilWindowEnds, "The window ends"));
        }

        if (EndOf(model.Path, UntilTomorrow, Period.Daily, now) is { } tomorrow) ends.Add((UntilTomorrow, $"Tomorrow, {TimeZoneInfo.ConvertTime(tomorrow, zone).ToString("ddd d MMM HH:mm", CultureInfo.InvariantCulture)}"));
        return ends;
    }

    private static string Capital(string word) => char.ToUpperInvariant(word[0]) + word[1..];
}
