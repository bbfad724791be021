using System.Globalization;
using System.Text;

namespace BudgetEngine.Silo.Warehouse;

/// <summary>Makes the tables and views of the warehouse that are not there; what is there is left as it is.</summary>
public static class WarehouseSchema
{
    private static readonly Version _knowsTimeToLive = new(19, 6);

    internal static async Task MakeAsync(ClickHouse server, WarehouseOptions options, CancellationToken cancellationToken)
    {
        var version = (await server.RunAsync("SELECT version()", default, cancellationToken)).Trim();
        foreach (var statement in StatementsFor(version, options)) await server.RunAsync(statement, default, cancellationToken);
    }

    public static IEnumerable<string> StatementsFor(string version, WarehouseOptions options)
    {
        var ttl = KnowsTimeToLive(version) ? string.Create(CultureInfo.InvariantCulture, $" TTL day + toIntervalDay({options.RetentionDays})") : "";
        using var reader = new StreamReader(typeof(WarehouseSchema).Assembly.GetManifestResourceStream("clickhouse.sql")!, Encoding.UTF8);
        var lines = reader.ReadToEnd().Split('\n').Where(l => !l.StartsWith("--", StringComparison.Ordinal));
        return string.Join('\n', lines).Replace("{database}", options.Database, StringComparison.Ordinal).Replace("{ttl}", ttl, StringComparison.Ordinal)
            .Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
    }

    private static bool KnowsTimeToLive(string version)
    {
        var parts = version.Split('.');
        return parts.Length >= 2 && int.TryParse(parts[0], CultureInfo.InvariantCulture, out var major) && int.TryParse(parts[1], CultureInfo.InvariantCulture, out var minor)
            && new Version(major, minor) >= _knowsTimeToLive;
    }
}
