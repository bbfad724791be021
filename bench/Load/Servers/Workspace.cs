using BudgetEngine.TestKit.Machine;
using Npgsql;

namespace BudgetEngine.Load.Servers;

/// <summary>A temporary folder, a PostgreSQL server when one is needed, and engines on empty stores in them.</summary>
internal sealed class Workspace : IDisposable
{
    public const string Postgres = "postgres";
    public const string Sqlite = "sqlite";

    private readonly string _folder = Directory.CreateTempSubdirectory("budget-bench-").FullName;
    private PostgresServer? _postgres;

    private PostgresServer Server => _postgres ??= PostgresServer.Start();

    /// <summary>Why a store cannot be measured here; null: it can.</summary>
    public static string? WhyNot(string store) => store == Postgres ? PostgresServer.WhyNot() : null;

    public string FileOf(string name) => Path.Combine(_folder, name);

    /// <summary>The connection string of a database; made if it is not there.</summary>
    public string Database(string name)
    {
        using var connection = new NpgsqlConnection(Server.ConnectionString(Postgres) + ";Pooling=false");
        connection.Open();
        using var find = new NpgsqlCommand("select count(*) from pg_database where datname = $1", connection);
        find.Parameters.Add(new NpgsqlParameter<string> { TypedValue = name });
        return (long)find.ExecuteScalar()! == 0 ? Server.CreateDatabase(name) : Server.ConnectionString(name);
    }

    /// <summary>An engine on the store of this name, which keeps what an earlier one has left there.</summary>
    /// <param name="host">Another build of the engine than the one beside this program.</param>
    /// <param name="arguments">Further ones of its command line.</param>
    public Task<Engine> StartEngineAsync(
        string store, string name, CancellationToken cancellationToken, string? host = null, IReadOnlyDictionary<string, string>? environment = null,
        string[]? arguments = null) =>
        Engine.StartAsync(store, FileOf($"{store}-{name}"), store == Postgres ? Database(name) : null, cancellationToken, host, environment, arguments);

    public void Dispose()
    {
        _postgres?.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
