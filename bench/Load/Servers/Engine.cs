namespace BudgetEngine.Load.Servers;

/// <summary>The engine as it is shipped, on an empty store of its own.</summary>
internal sealed class Engine(ChildServer server, string store) : IAsyncDisposable
{
    public const string Assembly = "BudgetEngine.Silo.dll";

    public ChildServer Server => server;

    public string Store => store;

    /// <param name="host">The engine's assembly; null: the one that was built with this program.</param>
    /// <param name="folder">Where SQLite's file lies.</param>
    /// <param name="arguments">Further ones.</param>
    /// <param name="postgres">Connection string; null: SQLite.</param>
    public static async Task<Engine> StartAsync(string store, string folder, string? postgres, CancellationToken cancellationToken, string? host = null,
        IReadOnlyDictionary<string, string>? environment = null, string[]? arguments = null)
    {
        var server = await ChildServer.StartAsync(
            host ?? Assembly,
            port => ["--urls", $"http://127.0.0.1:{port}", "--data", folder, .. postgres is null ? (string[])[] : ["--postgres", postgres], .. arguments ?? []],
            cancellationToken,
            environment);
        return new Engine(server, store);
    }

    public ValueTask DisposeAsync() => server.DisposeAsync();
}
