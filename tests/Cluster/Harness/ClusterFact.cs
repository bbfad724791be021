namespace BudgetEngine.Cluster;

/// <summary>A test of several silos: needs the Orleans runtime and a PostgreSQL server; skipped, saying why, where one is missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ClusterFactAttribute : FactAttribute
{
    public ClusterFactAttribute() => Skip = WhyNot();

    public static string? WhyNot() =>
        IsOrleans ? PostgresServer.WhyNot() : "This build has the local runtime, which is one process: build with -p:ActorRuntime=Orleans.";

    /// <summary>The runtime that the engine beside these tests was built with.</summary>
    public static bool IsOrleans => Runtime.IsOrleans;
}

/// <summary>As <see cref="ClusterFactAttribute"/>, with data.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ClusterTheoryAttribute : TheoryAttribute
{
    public ClusterTheoryAttribute() => Skip = ClusterFactAttribute.WhyNot();
}

/// <summary>A test of what the Orleans runtime does in one process, or says at start.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class OrleansFactAttribute : FactAttribute
{
    public OrleansFactAttribute() => Skip = ClusterFactAttribute.IsOrleans ? null : "This build has the local runtime: build with -p:ActorRuntime=Orleans.";
}

/// <summary>A test of what the local runtime refuses.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class LocalFactAttribute : FactAttribute
{
    public LocalFactAttribute() => Skip = ClusterFactAttribute.IsOrleans ? "This build has the Orleans runtime." : null;
}
