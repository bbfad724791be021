using BudgetEngine.Load.Loads;
using BudgetEngine.Load.Measure;

namespace BudgetEngine.Load.Report;

/// <summary>What figures are called in the report.</summary>
internal static class Words
{
    public static string Of(Leaves leaves) => leaves switch
    {
        Leaves.Uniform => "uniform",
        Leaves.Zipf => "Zipf 1.0",
        Leaves.Hot => "one hot leaf",
        _ => "one hot parent",
    };

    public static string Of(Latencies times) => $"{times.P50Ms:0.00} | {times.P99Ms:0.00} | {times.P999Ms:0.00}";
}
