namespace BudgetEngine.Load.Measure;

/// <summary>A figure of several rounds.</summary>
internal readonly record struct Spread(double Median, double Min, double Max, int Count)
{
    public static Spread Of(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        var middle = sorted.Length / 2;
        var median = sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        return new Spread(median, sorted[0], sorted[^1], sorted.Length);
    }

    /// <param name="format">Of each number.</param>
    public string Text(string format) => Count == 1 ? Median.ToString(format) : $"{Median.ToString(format)} ({Min.ToString(format)}-{Max.ToString(format)})";
}
