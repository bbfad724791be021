using BudgetEngine.Load.Limit;
using BudgetEngine.Load.Loads;
using BudgetEngine.Load.Measure;
using BudgetEngine.Load.Rivals;
using BudgetEngine.Load.Servers;

namespace BudgetEngine.Load.Matches;

/// <summary>All contestants, each in a process of its own, started when first needed.</summary>
internal sealed class Arena(LoadOptions options, Workspace workspace, LoadRun run) : IAsyncDisposable
{
    public const string Database = "loads";

    private static readonly string Self = typeof(Arena).Assembly.GetName().Name + ".dll";

    /// <summary>As the engine is shipped: threads of the pool that have nothing to do sleep at once. Without it a rival would spin on the core that its own database needs.</summary>
    private static readonly Dictionary<string, string> NoSpinning = new() { ["DOTNET_ThreadPool_UnfairSemaphoreSpinLimit"] = "0" };

    private readonly Dictionary<string, ChildServer> _servers = [];
    private readonly HashSet<(string, LoadKind?)> _primed = [];
    private readonly List<IAsyncDisposable> _owned = [];
    private byte[]? _answer;

    public IReadOnlyDictionary<string, ChildServer> Servers => _servers;

    /// <summary>What echo answers: what a real engine has answered.</summary>
    public byte[] Answer => _answer ?? throw new InvalidOperationException("Echo was not started.");

    public async Task<ChildServer> ServerAsync(string contestant, CancellationToken cancellationToken)
    {
        if (_servers.TryGetValue(contestant, out var server)) return server;
        Console.Error.WriteLine($"bench: {contestant} starts");
        server = await StartAsync(contestant, cancellationToken);
        _servers.Add(contestant, server);
        return server;
    }

    /// <summary>Measures one window of a slot; before the first of its kind, the server's code is warmed up.</summary>
    public async Task<LoadWindow> RunAsync(Slot slot, CancellationToken cancellationToken)
    {
        if (slot.Contestant == Contestants.BareInsert)
        {
            var insert = new UnnestInsert(options, workspace.Database(Database));
            return await Task.Run(() => insert.Run(cancellationToken), cancellationToken);
        }

        var server = await ServerAsync(slot.Contestant, cancellationToken);
        var load = LoadOf(slot);
        if (_primed.Add((slot.Contestant, slot.Kind))) await run.PrimeAsync(load, server, cancellationToken);
        return await run.RunAsync(load, server, cancellationToken);
    }

    public LoadPlan LoadOf(Slot slot) => slot switch
    {
        { Contestant: Contestants.BareInsert } => UnnestInsert.On(slot.Leaves),
        { Kind: { } kind } => LoadCatalog.Of(kind, slot.Leaves, slot.Connections),
        _ => LoadCatalog.EchoOn(slot.Connections, Answer),
    };

    public async ValueTask DisposeAsync()
    {
        foreach (var server in _servers.Values) await server.DisposeAsync();
        foreach (var owned in _owned) await owned.DisposeAsync();
    }

    private Task<ChildServer> StartAsync(string contestant, CancellationToken cancellationToken) => contestant switch
    {
        Contestants.Echo => StartEchoAsync(cancellationToken),
        Contestants.RedisAlways => StartRedisAsync(fsync: true, cancellationToken),
        Contestants.RedisNone => StartRedisAsync(fsync: false, cancellationToken),
        Contestants.Update => StartUpdateAsync(UpdateRival.Verb, "updates", cancellationToken),
        Contestants.LazyUpdate => StartUpdateAsync(UpdateRival.LazyVerb, "lazy_updates", cancellationToken),
        Contestants.SqliteLimit => StartLimitAsync(Workspace.Sqlite, workspace.FileOf("sqlite-limit"), cancellationToken),
        Contestants.PostgresLimit => StartLimitAsync(Workspace.Postgres, workspace.Database("limit"), cancellationToken),
        _ => StartEngineAsync(contestant, cancellationToken),
    };

    private async Task<ChildServer> StartEchoAsync(CancellationToken cancellationToken)
    {
        await using (var engine = await workspace.StartEngineAsync(options.Stores[0], "pattern", cancellationToken))
        {
            await SetUp.RunAsync(engine.Server, cancellationToken);
            _answer = await SetUp.SampleAsync(engine.Server, cancellationToken);
        }

        var file = workspace.FileOf("answer.json");
        await File.WriteAllBytesAsync(file, _answer, cancellationToken);
        return await ChildServer.StartAsync(Self, port => [EchoServer.Verb, port, file], cancellationToken);
    }

    private async Task<ChildServer> StartEngineAsync(string contestant, CancellationToken cancellationToken)
    {
        var (program, store) = (options.ProgramOf(contestant), Contestants.StoreOf(contestant));
        var engine = await workspace.StartEngineAsync(store, Database + options.SuffixOf(contestant), cancellationToken, program);
        await SetUp.RunAsync(engine.Server, cancellationToken);
        return engine.Server;
    }

    private async Task<ChildServer> StartRedisAsync(bool fsync, CancellationToken cancellationToken)
    {
        var redis = await RedisProcess.StartAsync(workspace.FileOf(fsync ? "redis-always" : "redis-none"), fsync, cancellationToken);
        _owned.Add(redis);
        var redisPort = RedisScripts.Text(redis.Port);
        return await ChildServer.StartAsync(Self, port => [RedisRival.Verb, port, redisPort], cancellationToken, NoSpinning);
    }

    private static Task<ChildServer> StartLimitAsync(string store, string place, CancellationToken cancellationToken) =>
        ChildServer.StartAsync(Self, port => [LimitRival.Verb, port, store, place], cancellationToken, NoSpinning);

    private async Task<ChildServer> StartUpdateAsync(string verb, string name, CancellationToken cancellationToken)
    {
        var database = workspace.Database(name);
        return await ChildServer.StartAsync(Self, port => [verb, port, database], cancellationToken, NoSpinning);
    }
}
