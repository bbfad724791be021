namespace BudgetEngine.Micro;

/// <summary>What this build measures.</summary>
internal static class Runtime
{
    public const string Name = "LocalSilo";

    public static readonly Type[] Benchmarks = [typeof(DecisionBenchmarks), typeof(RatingBenchmarks), typeof(JsonBenchmarks), typeof(GrainCallBenchmarks)];
}
