using BudgetEngine.TestKit.Machine;

namespace BudgetEngine.TestKit.Facts;

/// <summary>A test that needs a PostgreSQL server; skipped, saying why, where none can be started.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PostgresFactAttribute : LongFormFactAttribute
{
    public PostgresFactAttribute() => Skip = PostgresServer.WhyNot();
}
