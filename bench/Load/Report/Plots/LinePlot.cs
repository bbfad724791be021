namespace BudgetEngine.Load.Report.Plots;

/// <summary>One line of a plot.</summary>
/// <param name="Dash">Lengths of dashes and gaps; empty: one line.</param>
internal sealed record Series(string Name, int Colour, string Dash, IReadOnlyList<(double X, double Y)> Points);

/// <summary>Lines over a horizontal axis, with a legend at the right.</summary>
internal static class LinePlot
{
    private const int Width = 860;
    private const int Height = 420;
    private const int Left = 80;
    private const int Right = 260;
    private const int Top = 50;
    private const int Bottom = 64;

    /// <param name="byFactor">The horizontal values grow by factors, like 1, 16, 64.</param>
    /// <param name="logarithmic">The vertical ones span powers of ten.</param>
    public static string Draw(string title, string horizontal, string vertical, IReadOnlyList<Series> series, bool byFactor, bool logarithmic)
    {
        var page = new SvgPage(Width, Height);
        var points = series.SelectMany(s => s.Points).ToArray();
        double[] xs = [.. points.Select(p => p.X).Distinct().Order()];
        var across = byFactor ? Axis.Of(xs, Left, Width - Right) : Axis.Linear(xs[^1], Left, Width - Right);
        var up = logarithmic
            ? Axis.Logarithmic(points.Min(p => p.Y), points.Max(p => p.Y), Height - Bottom, Top)
            : Axis.Linear(points.Max(p => p.Y), Height - Bottom, Top);
        page.Text(Width / 2.0, 24, title, "middle", "title");
        DrawAxes(page, across, up, horizontal, vertical);
        for (var i = 0; i < series.Count; i++) DrawSeries(page, series[i], across, up, Top + 16 + i * 22);
        return page.ToString();
    }

    private static void DrawAxes(SvgPage page, Axis across, Axis up, string horizontal, string vertical)
    {
        foreach (var mark in up.Marks)
        {
            page.Line(Left, up.Place(mark), Width - Right, up.Place(mark), "grid");
            page.Text(Left - 8, up.Place(mark) + 4, Axis.Text(mark), "end", "small");
        }

        foreach (var mark in across.Marks)
        {
            page.Line(across.Place(mark), Height - Bottom, across.Place(mark), Height - Bottom + 5, "axis");
            page.Text(across.Place(mark), Height - Bottom + 20, Axis.Text(mark), "middle", "small");
        }

        page.Line(Left, Height - Bottom, Width - Right, Height - Bottom, "axis");
        page.Line(Left, Top, Left, Height - Bottom, "axis");
        page.Text((Left + Width - Right) / 2.0, Height - 16, horizontal, "middle");
        page.Text(22, (Top + Height - Bottom) / 2.0, vertical, "middle", "", upright: true);
    }

    private static void DrawSeries(SvgPage page, Series series, Axis across, Axis up, double legendAt)
    {
        (double X, double Y)[] places = [.. series.Points.OrderBy(p => p.X).Select(p => (across.Place(p.X), up.Place(p.Y)))];
        page.Path(places, series.Colour, series.Dash);
        foreach (var (x, y) in places) page.Dot(x, y, series.Colour);
        const double legend = Width - Right + 20;
        page.Path([(legend, legendAt - 4), (legend + 26, legendAt - 4)], series.Colour, series.Dash);
        page.Text(legend + 34, legendAt, series.Name);
    }
}
