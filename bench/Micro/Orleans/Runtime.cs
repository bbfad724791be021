namespace BudgetEngine.Micro;

/// <summary>What this build measures: only what differs from the other.</summary>
internal static class Runtime
{
    public const string Name = "Orleans";

    public static readonly Type[] Benchmarks = [typeof(GrainCallBenchmarks)];
}
