namespace BudgetEngine.Load.Servers;

/// <summary>The engine as it is shipped, on an empty store of its own.</summary>
internal sealed class Engine(ChildServer server, string store) : IAsyncDisposable
{
    // What is measured is speed: set-ups send what a tenant may not send in a minute, and wait for it on machines of any speed.
    private static readonly string[] _withoutQuotas =
        ["--Usage:MaxRecordsPerMinute=1000000000", "--Usage:MaxBytesPerMinute=1099511627776", "--CostCenters:MaxCreatedPerHour=100000000", "--CostCenters:MaxNewPerMinute=1000000", "--Ledger:PostDeadline=60s"];

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
            port => ["--urls", $"http://127.0.0.1:{port}", "--data", folder, .. _withoutQuotas, .. postgres is null ? (string[])[] : ["--postgres", postgres], .. arguments ?? []],
            cancellationToken,
            environment);
        return new Engine(server, store);
    }

    public ValueTask DisposeAsync() => server.DisposeAsync();
}
