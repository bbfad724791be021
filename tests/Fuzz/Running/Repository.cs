using System.Runtime.CompilerServices;

namespace BudgetEngine.Fuzz;

internal static class Repository
{
    /// <summary>The folder of BudgetEngine.sln, from the place of this source file.</summary>
    public static string? Root { get; } = Above(Path.GetDirectoryName(SourcePath()));

    private static string? Above(string? folder)
    {
        while (folder is not null && !File.Exists(Path.Combine(folder, "BudgetEngine.sln"))) folder = Path.GetDirectoryName(folder);
        return folder;
    }

    private static string? SourcePath([CallerFilePath] string? path = null) => path;
}
