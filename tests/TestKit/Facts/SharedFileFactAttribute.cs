using BudgetEngine.TestKit.Machine;

namespace BudgetEngine.TestKit.Facts;

/// <summary>A test that reads files of <c>../shared/data</c>, beside the folder of BudgetEngine.sln; skipped, saying so, where one is absent.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class SharedFileFactAttribute : FactAttribute
{
    public SharedFileFactAttribute(params string[] names)
    {
        var absent = names.FirstOrDefault(n => Repository.SharedFile(n) is null);
        if (absent is not null) Skip = $"There is no ../shared/data/{absent} beside the folder of BudgetEngine.sln.";
    }
}
