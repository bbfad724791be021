using System.Globalization;
using System.Text;
using BudgetEngine.Dashboard.Rendering;
using BudgetEngine.Dashboard.Wording;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Ledger.Nodes;
using Microsoft.AspNetCore.Html;

namespace BudgetEngine.Dashboard.Charts;

/// <summary>Spend per day of the last four weeks, stacked by tenant: at most five, and the rest as one. The order of the stack is that of legend and table.</summary>
public sealed record DayBars(IReadOnlyList<DateOnly> Days, IReadOnlyList<DaySeries> Series, Currency Currency)
{
    private const int MaxSeries = 5;
    private const int Shown = 28;
    private const int Height = 190;
    private const int Top = 16;

    /// <summary>Null: nothing was spent.</summary>
    internal static DayBars? Of(IReadOnlyList<NodeState> roots, DateOnly today, Currency currency)
    {
        var days = Enumerable.Range(0, Shown).Select(i => today.AddDays(i - Shown + 1)).ToList();
        var all = roots.Select(r => new DaySeries(r.CostCenter, [.. days.Select(d => r.Days.FirstOrDefault(b => b.Date == d).Balance.Spent)]))
            .Where(s => s.Total.IsPositive).OrderByDescending(s => s.Total).ToList();
        if (all.Count == 0) return null;
        if (all.Count > MaxSeries)
        {
            var rest = all.Skip(MaxSeries).ToList();
            all = [.. all.Take(MaxSeries), new DaySeries("other", [.. days.Select((_, i) => rest.Aggregate(Money.Zero, (sum, s) => sum + s.Amounts[i]))])];
        }

        return new DayBars(days, all, currency);
    }

    public Money On(int day) => Series.Aggregate(Money.Zero, (sum, s) => sum + s.Amounts[day]);

    internal IHtmlContent Labels()
    {
        var svg = new StringBuilder(string.Create(CultureInfo.InvariantCulture, $"<svg class=\"chart\" height=\"{Top + Height + 26}\" aria-hidden=\"true\">"));
        var scale = Scale();
        foreach (var tick in scale.Ticks.Skip(1)) svg.Append(CultureInfo.InvariantCulture, $"<text x=\"100%\" y=\"{Y(tick, scale) + 4:0.#}\" text-anchor=\"end\">{Markup.Encode(Currency.Symbol)}{AmountScale.Word(tick)}</text>");
        return new HtmlString(svg.Append("</svg>").ToString());
    }

    internal IHtmlContent Plot()
    {
        var scale = Scale();
        var svg = new StringBuilder(4_000);
        var most = Enumerable.Range(0, Days.Count).MaxBy(i => On(i).Nanos);
        svg.Append(CultureInfo.InvariantCulture, $"<svg class=\"chart bars\" height=\"{Top + Height + 26}\" role=\"img\" aria-label=\"{Markup.Encode($"Spend per day of the last four weeks. Most on {DayOf(most)}: {Currency.Of(On(most))}. Today: {Currency.Of(On(Days.Count - 1))}.")}\">");
        foreach (var tick in scale.Ticks.Skip(1)) svg.Append(CultureInfo.InvariantCulture, $"<line class=\"grid\" x1=\"0\" x2=\"100%\" y1=\"{Y(tick, scale):0.#}\" y2=\"{Y(tick, scale):0.#}\"/>");
        svg.Append(CultureInfo.InvariantCulture, $"<line class=\"axis\" x1=\"0\" x2=\"100%\" y1=\"{Top + Height}\" y2=\"{Top + Height}\"/>");
        var slot = 100m / Days.Count;
        for (var i = 0; i < Days.Count; i++)
        {
            svg.Append("<g>");
            var from = (decimal)(Top + Height);
            for (var s = 0; s < Series.Count; s++)
            {
                var height = scale.Most == 0 ? 0 : Currency.Units(Series[s].Amounts[i]) / scale.Most * Height;
                if (height <= 0) continue;
                from -= height;
                svg.Append(CultureInfo.InvariantCulture, $"<rect class=\"f{s + 1}\" x=\"{slot * i + slot * .14m:0.##}%\" y=\"{from:0.#}\" width=\"{slot * .72m:0.##}%\" height=\"{Math.Max(.6m, height):0.#}\" rx=\"1.5\"/>");
            }

            svg.Append("</g>");
            if ((Days.Count - 1 - i) % 7 == 0) svg.Append(CultureInfo.InvariantCulture, $"<text{((Days.Count - 1 - i) % 14 == 0 ? "" : " class=\"x-minor\"")} x=\"{slot * (i + .5m):0.##}%\" y=\"{Top + Height + 18}\" text-anchor=\"{(i == Days.Count - 1 ? "end" : "middle")}\">{DayOf(i)}</text>");
        }

        return new HtmlString(svg.Append("</svg>").ToString());
    }

    internal string DayOf(int day) => Days[day].ToString("d MMM", CultureInfo.InvariantCulture);

    private AmountScale Scale() => AmountScale.Of(Enumerable.Range(0, Days.Count).Max(i => Currency.Units(On(i))));

    private static decimal Y(decimal value, AmountScale scale) => Top + Height - (scale.Most == 0 ? 0 : value / scale.Most * Height);
}

/// <summary>One part of the stack.</summary>
public sealed record DaySeries(string Name, IReadOnlyList<Money> Amounts)
{
    public Money Total => Amounts.Aggregate(Money.Zero, (sum, a) => sum + a);
}
