using BudgetEngine.TestKit.Facts;
using BudgetEngine.TestKit.Machine;

namespace BudgetEngine.Cluster.Harness;

/// <summary>A test of several silos: needs a PostgreSQL server; skipped, saying why, where none can be started.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ClusterFactAttribute : LongFormFactAttribute
{
    public ClusterFactAttribute() => Skip = PostgresServer.WhyNot();
}

/// <summary>As <see cref="ClusterFactAttribute"/>, with data.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ClusterTheoryAttribute : TheoryAttribute
{
    public ClusterTheoryAttribute() => Skip = PostgresServer.WhyNot();
}
