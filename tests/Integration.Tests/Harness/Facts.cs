using System.Runtime.CompilerServices;
using BudgetEngine.Ledger.Tests;

namespace BudgetEngine.Integration.Tests;

/// <summary>A test that needs a PostgreSQL server; skipped, saying why, where none can be started.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PostgresFactAttribute : FactAttribute
{
    public PostgresFactAttribute() => Skip = PostgresServer.WhyNot();
}

/// <summary>A test that reads files of <c>../shared/data</c>, beside the folder of BudgetEngine.sln; skipped, saying so, where one is absent.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class SharedFileFactAttribute : FactAttribute
{
    public SharedFileFactAttribute(params string[] names)
    {
        var absent = names.FirstOrDefault(n => Repository.SharedFile(n) is null);
        if (absent is not null) Skip = $"There is no ../shared/data/{absent} beside the folder of BudgetEngine.sln.";
    }
}

/// <summary>A test that limits the size of files that a running process may write; skipped where that tool is absent.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PrlimitFactAttribute : FactAttribute
{
    public PrlimitFactAttribute()
    {
        if (!File.Exists("/usr/bin/prlimit")) Skip = "There is no /usr/bin/prlimit to stop a process from writing.";
    }
}

/// <summary>A test that follows the README; skipped until there is one.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ReadmeFactAttribute : FactAttribute
{
    public ReadmeFactAttribute()
    {
        if (Repository.Root is not { } root || !File.Exists(Path.Combine(root, "README.md"))) Skip = "There is no README.md beside BudgetEngine.sln yet.";
        else if (!Shell.Has("bash") || !Shell.Has("curl")) Skip = "The README's blocks need bash and curl.";
    }
}

internal static class Shell
{
    public static bool Has(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(d => File.Exists(Path.Combine(d, program)));
}

internal static class Repository
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
