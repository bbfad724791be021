using BudgetEngine.Ledger.Sql.Storage;

namespace BudgetEngine.Ledger.Sql.Postgres;

/// <summary>Orleans' own tables in the ledger's database: how its ADO.NET providers reach them. They are made by the same migrations as the ledger.</summary>
public static class OrleansTables
{
    /// <summary>The name under which the providers know the driver.</summary>
    public const string Invariant = "Npgsql";

    /// <summary>Connections per process, at most: membership needs one now and then, the notifiers' states a few. Fewer where the ledger itself has only a few.</summary>
    private const int MaxConnections = 4;

    private const int ShareOfTheLedgers = 4;

    /// <summary>The providers look for their table of statements on the search path.</summary>
    public static string ConnectionString(LedgerOptions options)
    {
        var settings = PostgresHosts.Read(options);
        settings.SearchPath = "orleans";
        settings.Timeout = LedgerSession.Seconds(options.ConnectTimeout);
        settings.CommandTimeout = LedgerSession.Seconds(options.CommandTimeout);
        settings.MaxPoolSize = Math.Clamp(options.MaxConnections / ShareOfTheLedgers, 1, MaxConnections);
        settings.ApplicationName = "budgetengine-orleans";
        settings.IncludeErrorDetail = false;
        if (!PostgresHosts.AreSeveral(settings)) return settings.ConnectionString;
        settings.TargetSessionAttributes = "primary";
        settings.HostRecheckSeconds = PostgresHosts.RecheckSeconds;
        return settings.ConnectionString;
    }

    /// <summary>Whether the ledger's PostgreSQL, with all its standbys, is on this machine.</summary>
    public static bool IsOnThisMachine(LedgerOptions options) => PostgresHosts.AreLocal(PostgresHosts.Read(options));
}
