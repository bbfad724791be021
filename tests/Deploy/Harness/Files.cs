using BudgetEngine.TestKit.Machine;

namespace BudgetEngine.Deploy.Harness;

/// <summary>Files of the repository.</summary>
internal static class Files
{
    public static string Root { get; } = Repository.Root ?? throw new InvalidOperationException("The repository is not there.");

    public static string Deploy(params string[] parts) => Path.Combine([Root, "deploy", .. parts]);

    public static string Text(params string[] parts) => File.ReadAllText(Path.Combine([Root, .. parts]));

    /// <summary>A folder of its own for a test; the caller deletes it.</summary>
    public static DirectoryInfo NewFolder() => Directory.CreateTempSubdirectory("budget-deploy-");
}
