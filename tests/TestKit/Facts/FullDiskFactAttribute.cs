using BudgetEngine.TestKit.Machine;

namespace BudgetEngine.TestKit.Facts;

/// <summary>A test that fills a disk of its own; skipped, saying why, where none can be mounted.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class FullDiskFactAttribute : FactAttribute
{
    public FullDiskFactAttribute() => Skip = SmallDisk.WhyNot();
}
