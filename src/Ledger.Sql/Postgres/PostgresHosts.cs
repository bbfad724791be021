using System.Net;
using Npgsql;

namespace BudgetEngine.Ledger.Sql.Postgres;

/// <summary>A primary and its standbys, <c>Host=a,b:5433</c>: whichever is the primary is used, and looked for anew when it is lost.</summary>
internal static class PostgresHosts
{
    /// <summary>How long the driver takes what it knows of a host for true. Its default of 10 s would keep a promoted standby unused for so long.</summary>
    public const int RecheckSeconds = 1;

    /// <summary>The connection string of the options, read. Whatever is wrong with it, none of it is told: a password may stand anywhere in what cannot be read.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static NpgsqlConnectionStringBuilder Read(LedgerOptions options)
    {
        try
        {
            var settings = new NpgsqlConnectionStringBuilder(options.Postgres);
            if (settings.Port is > 0 and <= IPEndPoint.MaxPort) return settings;
        }
        catch (Exception unreadable) when (unreadable is ArgumentException or FormatException or OverflowException or InvalidCastException)
        {
            // Told below, without its words.
        }

        throw new FormatException(
            "Ledger:Postgres (--postgres) is no connection string such as 'Host=...;Port=5432;Username=...;Password=...;Database=...'; values with ; ' or \" stand in quotes.");
    }

    public static bool AreSeveral(NpgsqlConnectionStringBuilder settings) => settings.Host?.Contains(',') == true;

    public static bool AreLocal(NpgsqlConnectionStringBuilder settings) => settings.Host is not { } hosts || hosts.Split(',').All(IsLocal);

    /// <summary>Connections to the primary alone, whatever the connection string says of that: the ledger is always written.</summary>
    public static NpgsqlDataSource Open(NpgsqlConnectionStringBuilder settings)
    {
        if (!AreSeveral(settings)) return NpgsqlDataSource.Create(settings);
        // The driver refuses the attribute in the string of a data source of several hosts.
        settings.Remove("Target Session Attributes");
        settings.HostRecheckSeconds = RecheckSeconds;
        return new NpgsqlDataSourceBuilder(settings.ConnectionString).BuildMultiHost().WithTargetSession(TargetSessionAttributes.Primary);
    }

    private static bool IsLocal(string host)
    {
        var name = host.Trim();
        if (name.StartsWith('/')) return true;
        // A port after a colon; an address of IPv6 with one stands in brackets.
        if (name.Count(c => c == ':') == 1 || name.StartsWith('[')) name = name[..(name.StartsWith('[') ? name.IndexOf(']') + 1 : name.IndexOf(':'))];
        return name is "" or "localhost" or "127.0.0.1" or "::1" or "[::1]";
    }
}
