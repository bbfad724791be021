using System.Globalization;

namespace BudgetEngine.Load.Report.Plots;

/// <summary>Maps values to places along a side, with marks at round numbers.</summary>
internal sealed class Axis
{
    private const int WantedMarks = 5;

    private readonly bool _logarithmic;
    private readonly double _from;
    private readonly double _to;
    private readonly double _fromPlace;
    private readonly double _toPlace;

    private Axis(bool logarithmic, double from, double to, double fromPlace, double toPlace, IReadOnlyList<double> marks) =>
        (_logarithmic, _from, _to, _fromPlace, _toPlace, Marks) = (logarithmic, from, to, fromPlace, toPlace, marks);

    public IReadOnlyList<double> Marks { get; }

    /// <summary>From 0 to a round number above the largest value.</summary>
    public static Axis Linear(double largest, double fromPlace, double toPlace)
    {
        var step = StepFor(Math.Max(largest, 1e-9));
        var end = Math.Ceiling(largest / step - 1e-9) * step;
        return new Axis(false, 0, end, fromPlace, toPlace, [.. Enumerable.Range(0, (int)Math.Round(end / step) + 1).Select(i => i * step)]);
    }

    /// <summary>From one power of ten to another around all values, all above 0.</summary>
    public static Axis Logarithmic(double smallest, double largest, double fromPlace, double toPlace)
    {
        var first = (int)Math.Floor(Math.Log10(smallest));
        var last = Math.Max((int)Math.Ceiling(Math.Log10(largest)), first + 1);
        return new Axis(true, Math.Pow(10, first), Math.Pow(10, last), fromPlace, toPlace, [.. Enumerable.Range(first, last - first + 1).Select(e => Math.Pow(10, e))]);
    }

    /// <summary>The values themselves as marks, evenly far from each other if they grow by a factor.</summary>
    public static Axis Of(IReadOnlyList<double> values, double fromPlace, double toPlace) => new(true, values.Min(), values.Max(), fromPlace, toPlace, values);

    public double Place(double value)
    {
        var share = _logarithmic ? Math.Log(value / _from) / Math.Log(_to / _from) : (value - _from) / (_to - _from);
        return _fromPlace + share * (_toPlace - _fromPlace);
    }

    public static string Text(double value) => value switch
    {
        >= 1_000_000 => (value / 1_000_000).ToString("0.#", CultureInfo.InvariantCulture) + " M",
        >= 10_000 => (value / 1_000).ToString("0.#", CultureInfo.InvariantCulture) + " k",
        _ => value.ToString("#,0.##", CultureInfo.InvariantCulture),
    };

    private static double StepFor(double largest)
    {
        var rough = largest / WantedMarks;
        var power = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        return power * (rough / power) switch { <= 1 => 1, <= 2 => 2, <= 5 => 5, _ => 10 };
    }
}
