using BudgetEngine.TestKit.Machine;

namespace BudgetEngine.Cluster.Harness;

/// <summary>A test of silos that are cut off from each other: needs a PostgreSQL server and network namespaces; skipped, saying why, where one of both cannot be had.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class SplitTheoryAttribute : TheoryAttribute
{
    public SplitTheoryAttribute() => Skip = PostgresServer.WhyNot() ?? LocalNetwork.WhyNot();
}
