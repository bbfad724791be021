using System.Net.Http.Headers;
using BudgetEngine.Api.Keys;
using BudgetEngine.Api.Operations;
using BudgetEngine.TestKit.Engine;
using BudgetEngine.TestKit.Machine;

namespace BudgetEngine.Deploy.Harness;

/// <summary>A real engine, set up by the compose file's own script, as every test of what stands around the engine needs it.</summary>
public sealed class Stand : IAsyncLifetime
{
    public const string AdminKey = "an-admin-key-of-enough-characters-for-tests";

    private readonly DirectoryInfo _keys = Files.NewFolder();
    private readonly Store _store = Store.NewSqlite();
    private EngineProcess? _engine;

    public Uri Address => _engine!.Address;

    public string KeyFile(string name) => Path.Combine(_keys.FullName, name);

    public async Task InitializeAsync()
    {
        // A warehouse that is not there: its metrics are shown, and nothing else suffers.
        _engine = await EngineProcess.StartAsync(_store, "--Warehouse:Url=http://127.0.0.1:9", $"--{KeysOptions.AdminKeyVariable}={AdminKey}", "--Check:Deadline=00:00:10", "--Alerts:AllowPrivateAddresses=true");
        // Twice: the second finds everything done.
        foreach (var _ in new[] { 1, 2 }) await SetUpAsync();
    }

    /// <summary>All that /metrics says, read with the key that the script made for Prometheus.</summary>
    public async Task<string> ScrapeAsync()
    {
        using var http = new HttpClient { BaseAddress = Address };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", await File.ReadAllTextAsync(KeyFile("metrics-key")));
        return await http.GetStringAsync(OperatorPaths.Metrics);
    }

    internal Caller Caller() => new(Address, AdminKey);

    public Task KillEngineAsync() => _engine!.KillAsync();

    /// <summary>It stands still: connections are taken and never answered.</summary>
    public Task HaltEngineAsync() => Signals.StopAsync(_engine!.Id);

    public async Task DisposeAsync()
    {
        if (_engine is not null) await _engine.DisposeAsync();
        _store.Dispose();
        _keys.Delete(recursive: true);
    }

    private async Task SetUpAsync()
    {
        var run = await Tool.RunAsync("env", $"ENGINE={Address.ToString().TrimEnd('/')}", $"KEYS={_keys.FullName}", $"BUDGET_ADMIN_KEY={AdminKey}", "sh", Files.Deploy("docker", "setup.sh"));
        Assert.True(run.ExitCode == 0, run.Output + run.Errors);
    }
}

[CollectionDefinition(nameof(Stand))]
public sealed class StandCollection : ICollectionFixture<Stand>;
