using BudgetEngine.TestKit.Machine;

namespace BudgetEngine.Gateway.Tests.Libraries;

/// <summary>The providers' own libraries for JavaScript, which ./test.sh installs.</summary>
internal static class ProviderLibraries
{
    /// <summary>Null: the repository is not there.</summary>
    public static string? Folder { get; } = Repository.Root is { } root ? Path.Combine(root, "artifacts", "provider-libraries") : null;

    /// <summary>Null: they are there, and so is node.</summary>
    public static string? WhyNot() =>
        Shell.Has("node") && Folder is not null && Directory.Exists(Path.Combine(Folder, "node_modules", "openai")) ? null : $"There is no {Folder}: ./test.sh makes it where npm is installed.";
}

[AttributeUsage(AttributeTargets.Method)]
internal sealed class ProviderLibrariesFactAttribute : FactAttribute
{
    public ProviderLibrariesFactAttribute() => Skip = ProviderLibraries.WhyNot();
}

[AttributeUsage(AttributeTargets.Method)]
internal sealed class ProviderLibrariesTheoryAttribute : TheoryAttribute
{
    public ProviderLibrariesTheoryAttribute() => Skip = ProviderLibraries.WhyNot();
}
