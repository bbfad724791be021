namespace BudgetEngine.Load;

/// <summary>Who is measured, by the name in the report.</summary>
internal static class Contestants
{
    public const string Echo = "echo";
    public const string Sqlite = "engine, SQLite";
    public const string Postgres = "engine, PostgreSQL";
    public const string OrleansSqlite = "engine on Orleans, SQLite";
    public const string OrleansPostgres = "engine on Orleans, PostgreSQL";
    public const string RedisAlways = "Redis, appendfsync always";
    public const string RedisNone = "Redis, no persistence";
    public const string Update = "PostgreSQL UPDATE";
    public const string LazyUpdate = "PostgreSQL UPDATE, holds not awaited";
    public const string BareInsert = "bare unnest insert";

    public static readonly string[] Engines = [Sqlite, Postgres, OrleansSqlite, OrleansPostgres];

    public static bool IsEngine(string name) => Engines.Contains(name);

    public static bool IsOrleans(string name) => name is OrleansSqlite or OrleansPostgres;

    public static string StoreOf(string engine) => engine is Postgres or OrleansPostgres ? Workspace.Postgres : Workspace.Sqlite;

    /// <summary>Why one of the rest cannot be measured here, or was not asked for; null: it can.</summary>
    public static string? WhyNot(string name, LoadOptions options) => name switch
    {
        Echo => null,
        RedisAlways or RedisNone => options.Rivals.Contains(LoadOptions.Redis) ? RedisProcess.WhyNot() : "not asked for",
        Update or LazyUpdate => options.Rivals.Contains(LoadOptions.Update) ? Workspace.WhyNot(Workspace.Postgres) : "not asked for",
        BareInsert => WhyNot(Postgres, options),
        _ when !options.Stores.Contains(StoreOf(name)) => "not asked for",
        _ when IsOrleans(name) && options.OrleansFolder is null => "the Orleans packages do not restore here, or --runtime says local",
        _ => Workspace.WhyNot(StoreOf(name)),
    };
}
