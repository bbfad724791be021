using BudgetEngine.Load.Rivals;
using BudgetEngine.Load.Servers;

namespace BudgetEngine.Load.Matches;

/// <summary>Who is measured, by the name in the report.</summary>
internal static class Contestants
{
    public const string Echo = "echo";
    public const string Sqlite = "engine, SQLite";
    public const string Postgres = "engine, PostgreSQL";
    public const string RedisAlways = "Redis, appendfsync always";
    public const string RedisNone = "Redis, no persistence";
    public const string Update = "PostgreSQL UPDATE";
    public const string LazyUpdate = "PostgreSQL UPDATE, holds not awaited";
    public const string SqliteLimit = "bare group commit on SQLite";
    public const string PostgresLimit = "bare group commit on PostgreSQL";
    public const string BareInsert = "bare unnest insert";

    private const string OnSqlite = ", SQLite";
    private const string OnPostgres = ", PostgreSQL";

    private static readonly string[] Rivals = [SqliteLimit, PostgresLimit, RedisAlways, RedisNone, Update, LazyUpdate];

    /// <summary>This build of the engine, on each store.</summary>
    public static readonly string[] Engines = [Sqlite, Postgres];

    /// <summary>Another build of the engine on both stores, in the order of <see cref="Engines"/>.</summary>
    public static string[] Of(OtherEngine other) => [other.Name + OnSqlite, other.Name + OnPostgres];

    /// <summary>Whether it is a build of the engine, this or another.</summary>
    public static bool IsEngine(string name) => name.EndsWith(OnSqlite, StringComparison.Ordinal) || name.EndsWith(OnPostgres, StringComparison.Ordinal);

    public static string StoreOf(string engine) => engine.EndsWith(OnPostgres, StringComparison.Ordinal) ? Workspace.Postgres : Workspace.Sqlite;

    /// <summary>The honest limit on the store of an engine.</summary>
    public static string LimitOf(string engine) => StoreOf(engine) == Workspace.Postgres ? PostgresLimit : SqliteLimit;

    /// <summary>All engines and rivals, whether or not they can be measured here.</summary>
    public static IEnumerable<string> All(LoadOptions options) => [.. Engines, .. options.Others.SelectMany(Of), .. Rivals];

    /// <summary>Why one of the rest cannot be measured here, or was not asked for; null: it can.</summary>
    public static string? WhyNot(string name, LoadOptions options) => name switch
    {
        Echo => null,
        RedisAlways or RedisNone => options.Rivals.Contains(LoadOptions.Redis) ? RedisProcess.WhyNot() : "not asked for",
        Update or LazyUpdate => options.Rivals.Contains(LoadOptions.Update) ? Workspace.WhyNot(Workspace.Postgres) : "not asked for",
        SqliteLimit => options.Rivals.Contains(LoadOptions.Limit) ? WhyNot(Sqlite, options) : "not asked for",
        PostgresLimit => options.Rivals.Contains(LoadOptions.Limit) ? WhyNot(Postgres, options) : "not asked for",
        BareInsert => WhyNot(Postgres, options),
        _ when !options.Stores.Contains(StoreOf(name)) => "not asked for",
        _ => Workspace.WhyNot(StoreOf(name)),
    };
}
