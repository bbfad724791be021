using System.Runtime.CompilerServices;

namespace BudgetEngine.TestKit.Machine;

public static class Repository
{
    /// <summary>The folder of BudgetEngine.sln. Builds may put their output outside of it: then the place of this source file tells where it is.</summary>
    public static string? Root { get; } = Above(AppContext.BaseDirectory) ?? Above(Path.GetDirectoryName(SourcePath()));

    public static string? SharedFile(string name)
    {
        if (Root is null) return null;
        var path = Path.Combine(Root, "..", "shared", "data", name);
        return File.Exists(path) ? path : null;
    }

    private static string? Above(string? folder)
    {
        while (folder is not null && !File.Exists(Path.Combine(folder, "BudgetEngine.sln"))) folder = Path.GetDirectoryName(folder);
        return folder;
    }

    private static string? SourcePath([CallerFilePath] string? path = null) => path;
}
