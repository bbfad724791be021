using BudgetEngine.Silo.Configuration;

namespace BudgetEngine.Deploy.Kubernetes;

/// <summary>Names of environment variables that the engine or .NET reads.</summary>
internal static class KnownSettings
{
    private static readonly HashSet<string> Names = new(
        ["ASPNETCORE_URLS", "POD_NAME", "POD_IP", "ORLEANS_SERVICE_ID", "ORLEANS_CLUSTER_ID", .. Settings.Keys.Select(k => k.Replace(":", "__", StringComparison.Ordinal))],
        StringComparer.Ordinal);

    public static bool Contains(string variable) => Names.Contains(variable);
}
