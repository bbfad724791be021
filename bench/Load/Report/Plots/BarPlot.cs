using BudgetEngine.Load.Measure;

namespace BudgetEngine.Load.Report.Plots;

/// <summary>Horizontal bars in groups, one below the other, each with its value at the end and a line from its smallest to its largest round.</summary>
internal static class BarPlot
{
    private const int Width = 860;
    private const int Left = 275;
    private const int Right = 90;
    private const int Top = 62;
    private const int BarHeight = 16;
    private const int BarStep = 20;
    private const int GroupGap = 26;
    private const int Bottom = 52;

    /// <param name="groups">A title, and its bars: a name, a value, a colour.</param>
    public static string Draw(string title, string unit, IReadOnlyList<(string Title, IReadOnlyList<(string Name, Spread Value, int Colour)> Bars)> groups)
    {
        var height = Top + groups.Sum(g => g.Bars.Count * BarStep + GroupGap) + Bottom;
        var page = new SvgPage(Width, height);
        var axis = Axis.Linear(groups.SelectMany(g => g.Bars).Max(b => b.Value.Max), Left, Width - Right);
        page.Text(Width / 2.0, 24, title, "middle", "title");
        foreach (var mark in axis.Marks)
        {
            page.Line(axis.Place(mark), Top - 12, axis.Place(mark), height - Bottom, "grid");
            page.Text(axis.Place(mark), height - Bottom + 16, Axis.Text(mark), "middle", "small");
        }

        page.Text((Left + Width - Right) / 2.0, height - 12, unit, "middle");
        var y = (double)Top;
        foreach (var (name, bars) in groups)
        {
            page.Text(14, y + 10, name, "start", "title");
            y += GroupGap - 8;
            foreach (var bar in bars)
            {
                page.Text(Left - 8, y + 12, bar.Name, "end");
                page.Bar(Left, y, axis.Place(bar.Value.Median) - Left, BarHeight, bar.Colour);
                page.Line(axis.Place(bar.Value.Min), y + BarHeight / 2.0, axis.Place(bar.Value.Max), y + BarHeight / 2.0, "axis");
                page.Text(axis.Place(bar.Value.Max) + 6, y + 12, Axis.Text(bar.Value.Median), "start", "small");
                y += BarStep;
            }

            y += 8;
        }

        page.Line(Left, Top - 12, Left, height - Bottom, "axis");
        return page.ToString();
    }
}
