using System.Runtime.CompilerServices;

namespace BudgetEngine.Domain.Tests;

/// <summary>A test that reads a file of <c>../shared/data</c>, beside the folder of BudgetEngine.sln; skipped, saying so, where it is absent.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class SharedFileFactAttribute : FactAttribute
{
    public SharedFileFactAttribute(string name)
    {
        if (Find(name) is null) Skip = $"There is no ../shared/data/{name} beside the folder of BudgetEngine.sln.";
    }

    public static string? Find(string name)
    {
        // Builds may put their output outside of the repository: then the place of this source file tells where it is.
        var root = RootAbove(AppContext.BaseDirectory) ?? RootAbove(Path.GetDirectoryName(SourcePath()));
        if (root is null) return null;
        var path = Path.Combine(root, "..", "shared", "data", name);
        return File.Exists(path) ? path : null;
    }

    private static string? RootAbove(string? folder)
    {
        while (folder is not null && !File.Exists(Path.Combine(folder, "BudgetEngine.sln"))) folder = Path.GetDirectoryName(folder);
        return folder;
    }

    private static string? SourcePath([CallerFilePath] string? path = null) => path;
}
