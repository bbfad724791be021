using BudgetEngine.Torture.Nemeses;

namespace BudgetEngine.Torture;

/// <summary>A test that moves the engine's clock; skipped, saying why, where that cannot be done.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class FakeClockFactAttribute : FactAttribute
{
    public FakeClockFactAttribute() => Skip = FakeClock.WhyNot();
}
