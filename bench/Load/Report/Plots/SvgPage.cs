using System.Globalization;
using System.Security;
using System.Text;

namespace BudgetEngine.Load.Report.Plots;

/// <summary>One picture. Its colours follow the reader's light or dark page, and can be read on both where a viewer does not know; nothing is painted behind it.</summary>
internal sealed class SvgPage(int width, int height)
{
    /// <summary>One class per series, told apart on white and on black, also by those who see no red or no green.</summary>
    public const int Colours = 9;

    private const string Style =
        """
        text { font: 12px system-ui, sans-serif; fill: #6e7781 } .title { font-size: 15px; font-weight: 600 } .small { font-size: 11px }
        .axis { stroke: #57606a } .grid { stroke: #57606a; stroke-opacity: .25 } .line { fill: none; stroke-width: 2.2 }
        .f0 { fill: #0072b2 } .f1 { fill: #56a8d8 } .f2 { fill: #7f6fd0 } .f3 { fill: #b09fe8 } .f4 { fill: #d55e00 } .f5 { fill: #b58900 } .f6 { fill: #009e73 } .f7 { fill: #5fbf9f } .f8 { fill: #7a7a7a }
        .s0 { stroke: #0072b2 } .s1 { stroke: #56a8d8 } .s2 { stroke: #7f6fd0 } .s3 { stroke: #b09fe8 } .s4 { stroke: #d55e00 } .s5 { stroke: #b58900 } .s6 { stroke: #009e73 } .s7 { stroke: #5fbf9f } .s8 { stroke: #7a7a7a }
        @media (prefers-color-scheme: light) { text { fill: #24292f } }
        @media (prefers-color-scheme: dark) { text { fill: #e6edf3 } .axis, .grid { stroke: #9da7b1 } }
        """;

    private readonly StringBuilder _body = new();

    public void Line(double x1, double y1, double x2, double y2, string style) =>
        Add($"<line x1=\"{N(x1)}\" y1=\"{N(y1)}\" x2=\"{N(x2)}\" y2=\"{N(y2)}\" class=\"{style}\"/>");

    public void Bar(double x, double y, double barWidth, double barHeight, int colour) =>
        Add($"<rect x=\"{N(x)}\" y=\"{N(y)}\" width=\"{N(Math.Max(0, barWidth))}\" height=\"{N(barHeight)}\" rx=\"2\" class=\"f{colour % Colours}\"/>");

    public void Dot(double x, double y, int colour) => Add($"<circle cx=\"{N(x)}\" cy=\"{N(y)}\" r=\"3.5\" class=\"f{colour % Colours}\"/>");

    public void Path(IEnumerable<(double X, double Y)> points, int colour, string dash) =>
        Add($"<polyline points=\"{string.Join(' ', points.Select(p => $"{N(p.X)},{N(p.Y)}"))}\" class=\"line s{colour % Colours}\"{(dash.Length > 0 ? $" stroke-dasharray=\"{dash}\"" : "")}/>");

    /// <param name="anchor">start, middle or end.</param>
    public void Text(double x, double y, string text, string anchor = "start", string style = "", bool upright = false)
    {
        var turn = upright ? $" transform=\"rotate(-90 {N(x)} {N(y)})\"" : "";
        Add($"<text x=\"{N(x)}\" y=\"{N(y)}\" text-anchor=\"{anchor}\" class=\"{style}\"{turn}>{SecurityElement.Escape(text)}</text>");
    }

    public override string ToString() =>
        $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\">\n<style>\n{Style}\n</style>\n{_body}</svg>\n";

    private void Add(string element) => _body.Append(element).Append('\n');

    private static string N(double value) => value.ToString("0.#", CultureInfo.InvariantCulture);
}
