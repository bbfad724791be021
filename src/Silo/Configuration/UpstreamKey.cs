using System.Reflection;
using BudgetEngine.Gateway.Configuration;

namespace BudgetEngine.Silo.Configuration;

/// <summary>Settings of the gateway's upstreams, whose names the operator chooses: <c>Gateway:Upstreams:NAME:BaseUrl</c>.</summary>
internal static class UpstreamKey
{
    private const string Prefix = $"{GatewayOptions.Section}:{nameof(GatewayOptions.Upstreams)}:";

    private static readonly PropertyInfo[] Known = [.. typeof(UpstreamOptions).GetProperties().Where(p => p.CanWrite)];

    public static bool IsUpstream(string key) => key.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase);

    /// <summary>Null: it is one, and its value is of its kind.</summary>
    public static string? FaultOf(string key, string value)
    {
        var parts = key[Prefix.Length..].Split(':');
        var property = parts.Length == 2 ? Array.Find(Known, p => p.Name.Equals(parts[1], StringComparison.OrdinalIgnoreCase)) : null;
        if (property is null) return $"{key} is unknown; an upstream has {string.Join(", ", Known.Select(p => p.Name))}, such as {Prefix}openai:{Known[0].Name}";
        return SettingKind.FaultOf(value, property.PropertyType) is { } kind ? $"{key} is '{value}'; {kind}" : null;
    }
}
