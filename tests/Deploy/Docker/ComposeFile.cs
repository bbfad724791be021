using BudgetEngine.Deploy.Harness;

namespace BudgetEngine.Deploy.Docker;

/// <summary>The compose file; its anchors are YAML's own.</summary>
internal static class ComposeFile
{
    public static string Text => Files.Text("deploy", "docker", "compose.yml");
}
