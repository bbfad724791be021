using System.Globalization;
using System.Text;
using BudgetEngine.Dashboard.Rendering;
using BudgetEngine.Dashboard.Wording;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Wording;
using Microsoft.AspNetCore.Html;

namespace BudgetEngine.Dashboard.Bars;

/// <summary>
/// The budget bar: spent, held, pace, forecast, thresholds and limit in one. 0 at the left, the limit at 80% of the width in every bar, so that limits line up
/// down a list. Sizes are attributes in percent: the bar stretches without distortion, and needs no inline style.
/// </summary>
internal static class BudgetBar
{
    private const decimal LimitAt = 80m;

    /// <param name="big">With labels; of headlines.</param>
    /// <param name="asked">An amount that did not fit, outlined.</param>
    public static IHtmlContent Of(WindowLine window, Currency currency, bool big = false, Money? asked = null)
    {
        var svg = new StringBuilder(1_500);
        var (top, height) = big ? (22, 14) : (9, 8);
        var spent = At(window.Spent, window.Limit);
        var held = Math.Min(100m, At(window.Spent + window.Held, window.Limit)) - Math.Min(100m, spent);
        svg.Append(CultureInfo.InvariantCulture, $"<svg class=\"bar st-{window.Look.Name}{(big ? " big" : "")}\" height=\"{(big ? 54 : 24)}\" role=\"img\" aria-label=\"");
        svg.Append(Markup.Encode(Words(window, currency, asked))).Append('"');
        if (window.CostCenter.Length > 0) svg.Append(CultureInfo.InvariantCulture, $" data-cc=\"{Markup.Encode(window.CostCenter)}\" data-p=\"{Domain.Wording.Words.Periods.Of(window.Period)}\"");
        svg.Append(CultureInfo.InvariantCulture, $"><rect class=\"track\" y=\"{top}\" width=\"80%\" height=\"{height}\" rx=\"3\"/>");
        svg.Append(CultureInfo.InvariantCulture, $"<rect class=\"over\" x=\"80%\" y=\"{top + .5m}\" width=\"20%\" height=\"{height - 1}\" rx=\"3\"/>");
        svg.Append(CultureInfo.InvariantCulture, $"<rect class=\"spent\" y=\"{top}\" width=\"{P(Math.Min(LimitAt, spent))}\" height=\"{height}\" rx=\"3\"/>");
        svg.Append(CultureInfo.InvariantCulture, $"<rect class=\"beyond\" x=\"80%\" y=\"{top}\" width=\"{P(Math.Clamp(spent - LimitAt, 0, 20))}\" height=\"{height}\" rx=\"2\"/>");
        svg.Append(CultureInfo.InvariantCulture, $"<rect class=\"held\" x=\"{P(Math.Min(100, spent))}\" y=\"{top}\" width=\"{P(Math.Max(0, held))}\" height=\"{height}\" fill=\"url(#hatch)\"/>");
        if (asked is { } more) Ask(svg, Math.Min(100, spent + held), At(window.Spent + window.Held + more, window.Limit), top, height);
        Thresholds(svg, window, top, height, big);
        Forecast(svg, window, spent + held, top + height / 2, big);
        if (spent > 100) Arrow(svg, top + height / 2);
        Limit(svg, window, top, height, big);
        if (window.Pace is { } pace) Pace(svg, At(pace, window.Limit), top, height, big);
        if (big) svg.Append(CultureInfo.InvariantCulture, $"<text x=\"0\" y=\"52\">{Markup.Encode(currency.Symbol)}0</text><text class=\"opt-s\" x=\"100%\" y=\"52\" text-anchor=\"end\">over the limit</text>");
        return new HtmlString(svg.Append("</svg>").ToString());
    }

    /// <summary>All that the bar shows, in words.</summary>
    public static string Words(WindowLine window, Currency currency, Money? asked = null)
    {
        var words = new StringBuilder();
        words.Append(CultureInfo.InvariantCulture, $"Spent {currency.Of(window.Spent)} of {currency.Round(window.Limit)} ({window.Percent}), held {currency.Of(window.Held)}");
        if (window.Pace is { } pace) words.Append(CultureInfo.InvariantCulture, $", should be {currency.Of(pace)} by now");
        if (window.Forecast is { } forecast) words.Append(CultureInfo.InvariantCulture, $", forecast {currency.Of(forecast.Amount)} at the end of the window");
        if (asked is { } more) words.Append(CultureInfo.InvariantCulture, $", asked for {currency.Of(more)} more: denied");
        return words.ToString();
    }

    /// <summary>Percent of the width; a limit of 0 is passed by anything.</summary>
    private static decimal At(Money amount, Money limit)
    {
        if (!amount.IsPositive) return 0;
        return limit.IsPositive ? Math.Min(1_000m, (decimal)amount.Nanos / limit.Nanos * LimitAt) : 1_000m;
    }

    private static void Ask(StringBuilder svg, decimal from, decimal to, int top, int height)
    {
        svg.Append(CultureInfo.InvariantCulture, $"<rect class=\"ask\" x=\"{P(from)}\" y=\"{top + .5m}\" width=\"{P(Math.Min(100, to) - from)}\" height=\"{height - 1}\" rx=\"2\"/>");
        if (to > 100) Arrow(svg, top + height / 2);
    }

    private static void Thresholds(StringBuilder svg, WindowLine window, int top, int height, bool big)
    {
        foreach (var at in window.Thresholds)
        {
            if (at >= 1) continue;
            var x = P(at * LimitAt);
            svg.Append(CultureInfo.InvariantCulture, $"<line class=\"th\" x1=\"{x}\" x2=\"{x}\" y1=\"{top}\" y2=\"{top + height}\"/><line class=\"th2\" x1=\"{x}\" x2=\"{x}\" y1=\"{top + height + 1}\" y2=\"{top + height + (big ? 5 : 4)}\"/>");
            // Close to the limit there is no room for another label.
            if (big && at <= 0.9m) svg.Append(CultureInfo.InvariantCulture, $"<text class=\"opt-s\" x=\"{x}\" y=\"52\" text-anchor=\"middle\">{at * 100:0.#}%</text>");
        }
    }

    private static void Forecast(StringBuilder svg, WindowLine window, decimal from, int middle, bool big)
    {
        if (window.Forecast is not { } forecast || window.IsSpent) return;
        var end = At(forecast.Amount, window.Limit);
        var bad = end > LimitAt ? " bad" : "";
        var shown = Math.Min(99, end);
        if (shown <= from) return;
        svg.Append(CultureInfo.InvariantCulture, $"<line class=\"fc{bad}\" x1=\"{P(from)}\" x2=\"{P(shown)}\" y1=\"{middle}\" y2=\"{middle}\"/><circle class=\"fcend{bad}\" cx=\"{P(shown)}\" cy=\"{middle}\" r=\"{(big ? 4 : 3.2m)}\"/>");
        if (end > 100 && window.Spent < window.Limit) Arrow(svg, middle);
    }

    private static void Arrow(StringBuilder svg, int middle) =>
        svg.Append(CultureInfo.InvariantCulture, $"<svg x=\"100%\" y=\"{middle}\" width=\"1\" height=\"1\" overflow=\"visible\"><path class=\"more bad\" d=\"M3-5l5 5-5 5\"/></svg>");

    private static void Limit(StringBuilder svg, WindowLine window, int top, int height, bool big)
    {
        var (from, to) = big ? (top - 7, top + height + 7) : (top - 5, top + height + 5);
        svg.Append(CultureInfo.InvariantCulture, $"<line class=\"limit\" x1=\"80%\" x2=\"80%\" y1=\"{from}\" y2=\"{to}\"/>");
        if (big) svg.Append(window.Soft ? "<text class=\"em\" x=\"80%\" y=\"11\" text-anchor=\"middle\">soft limit</text>" : "<text class=\"em\" x=\"80%\" y=\"11\" text-anchor=\"middle\">limit</text>");
    }

    private static void Pace(StringBuilder svg, decimal at, int top, int height, bool big)
    {
        var x = P(at);
        svg.Append(CultureInfo.InvariantCulture, $"<line class=\"pl\" x1=\"{x}\" x2=\"{x}\" y1=\"{top - 3}\" y2=\"{top + height}\"/><svg x=\"{x}\" y=\"{top - 7}\" width=\"1\" height=\"1\" overflow=\"visible\"><path class=\"pace\" d=\"{(big ? "M-4.5 0h9L0 6z" : "M-4 0h8L0 5z")}\"/></svg>");
        // The word of the limit stands at 80%, where the two would run into each other.
        if (big && at < 72) svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{x}\" y=\"11\" text-anchor=\"{(at < 4 ? "start" : "middle")}\">pace</text>");
    }

    private static string P(decimal percent) => percent.ToString("0.##", CultureInfo.InvariantCulture) + "%";
}
