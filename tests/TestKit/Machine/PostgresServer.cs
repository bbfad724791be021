using System.Diagnostics;
using Npgsql;

namespace BudgetEngine.TestKit.Machine;

/// <summary>A PostgreSQL server of its own in a temporary directory, on a free loopback port. For tests and benchmarks; durable (fsync) unless told otherwise.</summary>
public sealed class PostgresServer : IDisposable
{
    /// <summary>The account that a server runs under when we are root, which it refuses to be.</summary>
    private const string Account = "postgres";

    private const int Connections = 200;

    private readonly string _binaries;
    private readonly string _directory;
    private readonly string _settings;

    private PostgresServer(string binaries, bool fsync, int connections)
    {
        _binaries = binaries;
        _directory = Path.Combine(Path.GetTempPath(), $"ledger-postgres-{Guid.NewGuid():N}");
        Port = FreePort.Next();
        _settings = $"-p {Port} -k {Path.GetTempPath()} -c listen_addresses=127.0.0.1 -c max_connections={connections} -c fsync={(fsync ? "on" : "off")}";
    }

    public int Port { get; }

    /// <summary>The process that listens and starts all others, as the server has noted it.</summary>
    public int ProcessId => int.Parse(File.ReadLines(Path.Combine(_directory, "postmaster.pid")).First(), System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Why no server can be started here; null: it can.</summary>
    public static string? WhyNot()
    {
        if (FindBinaries() is null) return "no PostgreSQL server: neither /usr/lib/postgresql/*/bin nor PATH has initdb and pg_ctl";
        if (Environment.IsPrivilegedProcess && !AccountExists()) return $"PostgreSQL does not run as root, and there is no account '{Account}'";
        return null;
    }

    /// <summary>Makes a new cluster and starts it.</summary>
    /// <param name="fsync">Durable; false is faster.</param>
    /// <param name="connections">How many it takes at once.</param>
    public static PostgresServer Start(bool fsync = true, int connections = Connections)
    {
        if (WhyNot() is { } reason) throw new InvalidOperationException(reason);
        var server = new PostgresServer(FindBinaries()!, fsync, connections);
        server.Run("initdb", "-D", server._directory, "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync");
        server.Restart();
        return server;
    }

    /// <summary>
    /// Makes this server, which is stopped or new, a standby of another with a copy of its data. The other acknowledges nothing from here on before it is on the
    /// disk of both, so that nothing acknowledged is lost when this one is promoted.
    /// </summary>
    public void Follow(PostgresServer primary)
    {
        if (Directory.Exists(_directory)) Directory.Delete(_directory, recursive: true);
        Run("pg_basebackup", "-D", _directory, "-R", "-X", "stream", "-c", "fast", "-h", "127.0.0.1", "-p", primary.Port.ToString(System.Globalization.CultureInfo.InvariantCulture), "-U", "postgres");
        // A copy of the other's setting; this one has nobody to wait for once it is promoted.
        AppendSetting("synchronous_standby_names = ''");
        Restart();
        primary.Command("alter system set synchronous_standby_names = '*'");
        primary.Command("select pg_reload_conf()");
    }

    /// <summary>A server that has no data yet, to follow another.</summary>
    public static PostgresServer NewStandby() => new(FindBinaries()!, fsync: true, Connections);

    /// <summary>Makes a standby the primary.</summary>
    public void Promote() => Run("pg_ctl", "promote", "-w", "-D", _directory);

    /// <summary>True when a standby has everything and every commit waits for it.</summary>
    public bool IsFollowed() => Query("select count(*) from pg_stat_replication where sync_state = 'sync' and state = 'streaming'") == 1;

    /// <summary>Starts the stopped or killed server again, with its data.</summary>
    public void Restart() => Run("pg_ctl", "start", "-w", "-D", _directory, "-l", _directory + ".log", "-o", _settings);

    /// <summary>Stops in order: sessions are ended, everything is on disk.</summary>
    public void Stop() => Run("pg_ctl", "stop", "-w", "-D", _directory, "-m", "fast");

    /// <summary>Stops as a crash does: the next start recovers from the log.</summary>
    public void Kill() => Run("pg_ctl", "stop", "-w", "-D", _directory, "-m", "immediate");

    public string ConnectionString(string database) => $"Host=127.0.0.1;Port={Port};Username=postgres;Database={database}";

    /// <summary>A new, empty database; returns its connection string.</summary>
    public string CreateDatabase(string name)
    {
        Command($"create database \"{name}\"");
        return ConnectionString(name);
    }

    public void Dispose()
    {
        try
        {
            Kill();
        }
        catch (InvalidOperationException)
        {
            // It was stopped already.
        }

        if (Directory.Exists(_directory)) Directory.Delete(_directory, recursive: true);
        File.Delete(_directory + ".log");
    }

    private void Command(string sql) => With(sql, command => command.ExecuteNonQuery());

    private long Query(string sql) => With(sql, command => (long)command.ExecuteScalar()!);

    private T With<T>(string sql, Func<NpgsqlCommand, T> run)
    {
        using var connection = new NpgsqlConnection(ConnectionString("postgres") + ";Pooling=false");
        connection.Open();
        using var command = new NpgsqlCommand(sql, connection);
        return run(command);
    }

    private void AppendSetting(string line) => Run("sh", "-c", $"echo \"{line}\" >> \"{Path.Combine(_directory, "postgresql.auto.conf")}\"");

    private static string? FindBinaries()
    {
        const string root = "/usr/lib/postgresql";
        var installed = Directory.Exists(root)
            ? Directory.GetDirectories(root).OrderByDescending(d => int.TryParse(Path.GetFileName(d), out var version) ? version : 0).Select(d => Path.Combine(d, "bin"))
            : [];
        var path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        return installed.Concat(path).FirstOrDefault(d => IsThere(Path.Combine(d, "initdb")) && IsThere(Path.Combine(d, "pg_ctl")));
    }

    /// <summary>A link that leads nowhere exists too.</summary>
    private static bool IsThere(string path) => File.Exists(path) && (File.ResolveLinkTarget(path, returnFinalTarget: true)?.Exists ?? true);

    private static bool AccountExists() => File.ReadLines("/etc/passwd").Any(l => l.StartsWith(Account + ":", StringComparison.Ordinal));

    private void Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Path.GetTempPath() };
        string[] command = [program == "sh" ? "/bin/sh" : Path.Combine(_binaries, program), .. arguments];
        if (Environment.IsPrivilegedProcess) command = ["runuser", "-u", Account, "--", .. command];
        start.FileName = command[0];
        foreach (var argument in command.Skip(1)) start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0) throw new InvalidOperationException($"{program} failed: {output}{errors.GetAwaiter().GetResult()}");
    }
}
