using System.Diagnostics;
using System.Globalization;
using BudgetEngine.Load.Memory;
using BudgetEngine.Load.Servers;
using BudgetEngine.TestKit.Machine;
using Npgsql;

namespace BudgetEngine.Load.Silos;

/// <summary>Silos of one cluster on one ledger in PostgreSQL, each a process of its own.</summary>
internal sealed class SiloGroup : IAsyncDisposable
{
    private const string CountActive = "select count(*) from orleans.silos where status = 3";

    private readonly List<Engine> _silos = [];
    private readonly List<string> _sockets = [];

    public IReadOnlyList<ChildServer> Servers => [.. _silos.Select(s => s.Server)];

    public static async Task<SiloGroup> StartAsync(Workspace workspace, string name, int count, string? program, CancellationToken cancellationToken)
    {
        var group = new SiloGroup();
        try
        {
            // One after the other: the first makes the tables.
            for (var i = 0; i < count; i++)
            {
                var socket = workspace.FileOf(string.Create(CultureInfo.InvariantCulture, $"{name}-{i}.sock"));
                string[] arguments = ["--Cluster:Membership=postgres", $"--Cluster:SiloPort={FreePort.Next()}", $"--Cluster:GatewayPort={FreePort.Next()}"];
                group._silos.Add(await workspace.StartEngineAsync(
                    Workspace.Postgres, name, cancellationToken, program, CounterHook.Environment(socket, messages: true), arguments));
                group._sockets.Add(socket);
            }

            await AwaitActiveAsync(workspace.Database(name), count, cancellationToken);
            await SetUp.RunAsync(group.Servers[0], cancellationToken);
            return group;
        }
        catch
        {
            await group.DisposeAsync();
            throw;
        }
    }

    /// <summary>What all of them have sent to each other.</summary>
    public async Task<long> MessagesAsync(CancellationToken cancellationToken)
    {
        var sum = 0L;
        foreach (var socket in _sockets) sum += (await CounterHook.ReadAsync(socket, cancellationToken)).Messages;
        return sum;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var silo in _silos) await silo.DisposeAsync();
    }

    private static async Task AwaitActiveAsync(string database, int count, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(database + ";Pooling=false");
        await connection.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(CountActive, connection);
        var started = Stopwatch.GetTimestamp();
        while ((long)(await command.ExecuteScalarAsync(cancellationToken))! != count)
        {
            if (Stopwatch.GetElapsedTime(started) > Sizes.StartTimeout) throw new TimeoutException($"{count} silos are not active after {Sizes.StartTimeout}.");
            await Task.Delay(Sizes.ReadyPoll, TimeProvider.System, cancellationToken);
        }
    }
}
