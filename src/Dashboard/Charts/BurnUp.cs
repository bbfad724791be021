using System.Globalization;
using System.Text;
using BudgetEngine.Dashboard.Bars;
using BudgetEngine.Dashboard.Rendering;
using BudgetEngine.Dashboard.Wording;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.Windows;
using Microsoft.AspNetCore.Html;

namespace BudgetEngine.Dashboard.Charts;

/// <summary>Spend of one window, day by day, against its limit: spent, pace, forecast, the window before, thresholds, and where forecast meets limit.</summary>
/// <param name="Limited">The limited window; null: nothing limits this period here.</param>
/// <param name="Days">Every date of the window.</param>
/// <param name="OnDays">Spent on each date up to today.</param>
/// <param name="Before">Spent so far on each date of the window before; empty: nothing is known of it.</param>
public sealed record BurnUp(
    string Name, Period Period, WindowLine? Limited, IReadOnlyList<DateOnly> Days, IReadOnlyList<Money> OnDays, IReadOnlyList<Money> Before, decimal NowAt, TimeZoneInfo Zone,
    Currency Currency)
{
    private const int Top = 26;
    private const int Height = 250;
    private const decimal Width = 1_000m;

    /// <param name="nowAt">Which part of the window has passed.</param>
    internal static BurnUp Of(string name, Period period, WindowLine? limited, IReadOnlyList<DatedBalance> balances, DateOnly today, decimal nowAt, TimeZoneInfo zone, Currency currency)
    {
        var window = Window.Containing(period, today);
        var days = DatesOf(period, window);
        var spent = balances.ToDictionary(b => b.Date, b => b.Balance.Spent);
        var before = DatesOf(period, Window.Containing(period, window.AddDays(-1)));
        var sums = before.Any(spent.ContainsKey) ? RunningSum(before.Select(d => spent.GetValueOrDefault(d))) : [];
        return new BurnUp(name, period, limited, days, [.. days.Where(d => d <= today).Select(d => spent.GetValueOrDefault(d))], [.. sums.Take(days.Count)], nowAt, zone, currency);
    }

    public IReadOnlyList<Money> SoFar => RunningSum(OnDays);

    public Money Spent => Limited?.Spent ?? (SoFar.Count > 0 ? SoFar[^1] : Money.Zero);

    public string Title => Period == Period.Weekly ? "This week" : Days[0].ToString("MMMM yyyy", CultureInfo.InvariantCulture);

    public string BeforeName => Period == Period.Weekly ? "last week" : Days[0].AddDays(-1).ToString("MMMM", CultureInfo.InvariantCulture);

    internal string DayOf(int i) => Days[i].ToString(Period == Period.Weekly ? "ddd d" : "d MMM", CultureInfo.InvariantCulture);

    internal IHtmlContent Labels()
    {
        var scale = Scale();
        var svg = new StringBuilder("<svg class=\"chart\" height=\"300\" aria-hidden=\"true\">");
        foreach (var tick in scale.Ticks.Skip(1)) svg.Append(CultureInfo.InvariantCulture, $"<text x=\"100%\" y=\"{Top + Y(tick, scale) + 4:0.#}\" text-anchor=\"end\">{Markup.Encode(Currency.Symbol)}{AmountScale.Word(tick)}</text>");
        return new HtmlString(svg.Append("</svg>").ToString());
    }

    internal IHtmlContent Plot()
    {
        var scale = Scale();
        var svg = new StringBuilder(6_000);
        svg.Append(CultureInfo.InvariantCulture, $"<svg class=\"chart\" height=\"300\" role=\"img\" aria-label=\"{Markup.Encode(Words())}\">");
        foreach (var tick in scale.Ticks.Skip(1)) svg.Append(CultureInfo.InvariantCulture, $"<line class=\"grid\" x1=\"0\" x2=\"100%\" y1=\"{Top + Y(tick, scale):0.#}\" y2=\"{Top + Y(tick, scale):0.#}\"/>");
        svg.Append(CultureInfo.InvariantCulture, $"<line class=\"axis\" x1=\"0\" x2=\"100%\" y1=\"{Top + Height}\" y2=\"{Top + Height}\"/>");
        Dates(svg);
        Thresholds(svg, scale);
        Lines(svg, scale);
        Limit(svg, scale);
        Now(svg, scale);
        return new HtmlString(svg.Append("</svg>").ToString());
    }

    private void Dates(StringBuilder svg)
    {
        for (var i = 0; i < Days.Count; i++)
        {
            var shown = Period == Period.Weekly || i == 0 || ((i + 1) % 5 == 0 && i < 29);
            if (!shown) continue;
            var minor = Period != Period.Weekly && i > 0 && (i + 1) % 10 != 0 ? " class=\"x-minor\"" : "";
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{100m * (i + .5m) / Days.Count:0.##}%\" y=\"294\" text-anchor=\"{(i == 0 && Period != Period.Weekly ? "start" : "middle")}\"{minor}>{DayOf(i)}</text>");
        }
    }

    private void Thresholds(StringBuilder svg, AmountScale scale)
    {
        if (Limited is not { } window) return;
        foreach (var at in window.Thresholds.Where(t => t < 1).Take(2))
        {
            var y = Top + Y(at * Currency.Units(window.Limit), scale);
            svg.Append(CultureInfo.InvariantCulture, $"<line class=\"thr\" x1=\"0\" x2=\"100%\" y1=\"{y:0.#}\" y2=\"{y:0.#}\"/><text class=\"halo\" x=\"4\" y=\"{y - 4:0.#}\">{at * 100:0.#}%</text>");
        }
    }

    private void Lines(StringBuilder svg, AmountScale scale)
    {
        svg.Append(CultureInfo.InvariantCulture, $"<svg class=\"plot\" y=\"{Top}\" width=\"100%\" height=\"{Height}\" viewBox=\"0 0 1000 {Height}\" preserveAspectRatio=\"none\" overflow=\"visible\">");
        var spent = SpentPoints();
        if (spent.Count > 1) svg.Append(CultureInfo.InvariantCulture, $"<path class=\"area\" d=\"{PathOf(spent, scale)} L{spent[^1].X:0.#} {Height} L0 {Height}Z\"/>");
        if (Before.Count > 0) svg.Append(CultureInfo.InvariantCulture, $"<path class=\"last\" d=\"{PathOf([(0, 0), .. Before.Select((m, i) => (Width * (i + 1) / Days.Count, Currency.Units(m)))], scale)}\"/>");
        if (Limited is { } window) svg.Append(CultureInfo.InvariantCulture, $"<path class=\"pacel\" d=\"{PathOf([(0, 0), (Width, Currency.Units(window.Limit))], scale)}\"/>");
        if (Limited?.Forecast is { } forecast) svg.Append(CultureInfo.InvariantCulture, $"<path class=\"fcl\" d=\"{PathOf([(Width * NowAt, Currency.Units(Spent)), (Width, Currency.Units(forecast.Amount))], scale)}\"/>");
        if (spent.Count > 1) svg.Append(CultureInfo.InvariantCulture, $"<path class=\"act\" d=\"{PathOf(spent, scale)}\"/>");
        svg.Append("</svg>");
    }

    private void Limit(StringBuilder svg, AmountScale scale)
    {
        if (Limited is not { } window) return;
        var y = Top + Y(Currency.Units(window.Limit), scale);
        svg.Append(CultureInfo.InvariantCulture, $"<line class=\"lim\" x1=\"0\" x2=\"100%\" y1=\"{y:0.#}\" y2=\"{y:0.#}\"/><text class=\"bad halo\" x=\"4\" y=\"{y - 5:0.#}\">{(window.Soft ? "soft limit" : "limit")} {Markup.Encode(Currency.Round(window.Limit))}</text>");
        if (window.Forecast?.ReachedAt is not { } reached || window.End is not { } end) return;
        var x = 100m * (reached - window.Start).Ticks / (end - window.Start).Ticks;
        svg.Append(CultureInfo.InvariantCulture, $"<circle class=\"dotpt bad\" cx=\"{x:0.##}%\" cy=\"{y:0.#}\" r=\"4\"/><text class=\"bad halo\" x=\"{x:0.##}%\" y=\"{y - 12:0.#}\" text-anchor=\"{(x > 70 ? "end" : x < 25 ? "start" : "middle")}\">runs out {TimeWords.Day(reached, window.Now, Zone)}</text>");
    }

    private void Now(StringBuilder svg, AmountScale scale)
    {
        var (x, y) = (NowAt * 100, Top + Y(Currency.Units(Spent), scale));
        svg.Append(CultureInfo.InvariantCulture, $"<line class=\"today\" x1=\"{x:0.##}%\" x2=\"{x:0.##}%\" y1=\"20\" y2=\"{Top + Height}\"/><text class=\"halo\" x=\"{x:0.##}%\" y=\"15\" text-anchor=\"{(x > 97 ? "end" : x < 3 ? "start" : "middle")}\">now</text>");
        svg.Append(CultureInfo.InvariantCulture, $"<circle class=\"dotpt\" cx=\"{x:0.##}%\" cy=\"{y:0.#}\" r=\"4\"/><text class=\"em halo\" x=\"{x:0.##}%\" dx=\"{(x > 80 ? -8 : 8)}\" y=\"{Math.Min(Top + Height - 6, y + 18):0.#}\" text-anchor=\"{(x > 80 ? "end" : "start")}\">{Markup.Encode(Currency.Of(Spent))}</text>");
    }

    private string Words()
    {
        var words = new StringBuilder($"Spend of {Name}, {Title}: {Currency.Of(Spent)}");
        if (Limited is { } window)
        {
            words.Append(CultureInfo.InvariantCulture, $" of {Currency.Round(window.Limit)}");
            if (window.Forecast is { } forecast) words.Append(CultureInfo.InvariantCulture, $"; forecast {Currency.Of(forecast.Amount)} at the end");
            if (window.Forecast?.ReachedAt is { } reached) words.Append(CultureInfo.InvariantCulture, $", limit reached {TimeWords.Day(reached, window.Now, Zone)}");
        }

        return words.Append('.').ToString();
    }

    /// <summary>The ends of the days that are over, and now.</summary>
    private List<(decimal X, decimal Y)> SpentPoints()
    {
        var points = new List<(decimal, decimal)> { (0, 0) };
        var soFar = SoFar;
        for (var i = 0; i < soFar.Count - 1; i++) points.Add((Width * (i + 1) / Days.Count, Currency.Units(soFar[i])));
        points.Add((Width * NowAt, Currency.Units(Spent)));
        return points;
    }

    private AmountScale Scale()
    {
        var highest = Math.Max(Currency.Units(Spent), Before.Count > 0 ? Currency.Units(Before[^1]) : 0);
        if (Limited is { } window)
        {
            var limit = Currency.Units(window.Limit);
            // A forecast far beyond the limit would press everything else to the floor.
            highest = Math.Max(Math.Max(highest, limit * 1.08m), Math.Min((window.Forecast is { } f ? Currency.Units(f.Amount) : 0), limit * 2));
        }

        return AmountScale.Of(highest);
    }

    private static string PathOf(IReadOnlyList<(decimal X, decimal Y)> points, AmountScale scale) =>
        "M" + string.Join(" L", points.Select(p => string.Create(CultureInfo.InvariantCulture, $"{p.X:0.#} {Y(p.Y, scale):0.#}")));

    private static decimal Y(decimal value, AmountScale scale) => Height - Math.Min(value, scale.Most * 1.2m) / scale.Most * Height;

    private static List<DateOnly> DatesOf(Period period, DateOnly window)
    {
        var end = Window.DateAfter(period, window) ?? window.AddDays(1);
        return [.. Enumerable.Range(0, end.DayNumber - window.DayNumber).Select(window.AddDays)];
    }

    private static List<Money> RunningSum(IEnumerable<Money> amounts)
    {
        var sums = new List<Money>();
        foreach (var amount in amounts) sums.Add(sums.Count == 0 ? amount : sums[^1] + amount);
        return sums;
    }
}
