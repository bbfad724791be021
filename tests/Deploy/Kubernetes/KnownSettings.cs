using System.Reflection;
using BudgetEngine.Api;
using BudgetEngine.Channels;
using BudgetEngine.Ledger;
using BudgetEngine.Silo;

namespace BudgetEngine.Deploy;

/// <summary>Names of environment variables that the engine or .NET reads; those of options come from their classes.</summary>
internal static class KnownSettings
{
    private static readonly HashSet<string> Names = new(StringComparer.Ordinal)
    {
        KeysOptions.AdminKeyVariable, "ASPNETCORE_URLS", "POD_NAME", "POD_IP", "ORLEANS_SERVICE_ID", "ORLEANS_CLUSTER_ID", "Migrate__AtStart",
        $"{ClusterSettings.Section}__{nameof(ClusterSettings.Membership)}", $"{ClusterSettings.Section}__{nameof(ClusterSettings.SiloPort)}", $"{ClusterSettings.Section}__{nameof(ClusterSettings.GatewayPort)}",
    };

    /// <summary>Every options class by its section.</summary>
    public static readonly (string Section, Type Type)[] Options =
    [
        (ApiOptions.Section, typeof(ApiOptions)), (CheckOptions.Section, typeof(CheckOptions)), (UsageOptions.Section, typeof(UsageOptions)), (KeysOptions.Section, typeof(KeysOptions)),
        (CatalogOptions.Section, typeof(CatalogOptions)), (MetricsOptions.Section, typeof(MetricsOptions)), (LedgerWriterOptions.Section, typeof(LedgerWriterOptions)), (LedgerOptions.Section, typeof(LedgerOptions)),
        (AlertOptions.Section, typeof(AlertOptions)), (AlertChannelOptions.Section, typeof(AlertChannelOptions)), (SecretsOptions.Section, typeof(SecretsOptions)), (SmtpOptions.Section, typeof(SmtpOptions)),
    ];

    /// <summary>Options that the host sets by itself.</summary>
    public static readonly string[] Derived = [$"{AlertOptions.Section}:{nameof(AlertOptions.Currency)}"];

    public static bool Contains(string variable) =>
        Names.Contains(variable) || Options.Any(o => Properties(o.Type).Any(p => variable == $"{o.Section}__{p.Name}"));

    public static IEnumerable<PropertyInfo> Properties(Type options) => options.GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly).Where(p => p.CanWrite);
}
