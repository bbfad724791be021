namespace BudgetEngine.Cluster.Harness;

/// <summary>What the engine beside these tests was built with.</summary>
internal static class Runtime
{
    public static bool IsOrleans { get; } = File.Exists(Path.Combine(AppContext.BaseDirectory, "Orleans.Runtime.dll"));
}
