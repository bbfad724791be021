using System.Text.Json.Nodes;
using BudgetEngine.Api.Checks;
using BudgetEngine.Api.Keys;
using BudgetEngine.Silo.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace BudgetEngine.Fuzz.Host;

/// <summary>The real host in this process, behind its real server on a free port, over a SQLite ledger in memory-backed files where there are such.</summary>
internal sealed class FuzzHost : IAsyncDisposable
{
    /// <summary>Must be seen in no answer and no log.</summary>
    public const string AdminKey = "fuzz-admin-key-that-nobody-may-ever-see-0123456789";

    private const string MemoryFiles = "/dev/shm";

    private readonly WebApplication _app;

    private FuzzHost(WebApplication app, string directory, LogSink log)
    {
        _app = app;
        Directory = directory;
        Log = log;
        Address = new Uri(app.Urls.First());
    }

    public Uri Address { get; }

    public string Directory { get; }

    public LogSink Log { get; }

    public static async Task<FuzzHost> StartAsync()
    {
        var directory = System.IO.Directory.Exists(MemoryFiles)
            ? System.IO.Directory.CreateDirectory(Path.Combine(MemoryFiles, $"budget-fuzz-{Guid.NewGuid():N}")).FullName
            : System.IO.Directory.CreateTempSubdirectory("budget-fuzz-").FullName;
        var log = new LogSink();
        var app = BudgetHost.Build(
            ["--urls=http://127.0.0.1:0", $"--Ledger:DataDirectory={directory}", $"--BUDGET_ADMIN_KEY={AdminKey}", "--AutoCreateTenants=true", "--Alerts:TelegramApi=https://telegram.invalid", "--Alerts:PagerDutyApi=https://pagerduty.invalid", "--Logging:LogLevel:Default=Information"],
            services => services.AddLogging(l => l.ClearProviders().AddProvider(log)));
        await app.StartAsync();
        var host = new FuzzHost(app, directory, log);
        await host.ReadyAsync();
        return host;
    }

    /// <summary>Whether the engine has given this reservation id out.</summary>
    public bool HasGivenOut(string reservationId) => _app.Services.GetRequiredService<CheckService>().TryRead(reservationId, new Subtree(null), out _);

    public async Task<JsonObject> GetJsonAsync(string path)
    {
        using var client = NewClient();
        return JsonNode.Parse(await client.GetStringAsync(path))!.AsObject();
    }

    public HttpClient NewClient() => new() { BaseAddress = Address, DefaultRequestHeaders = { { "X-Budget-Key", AdminKey } } };

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        System.IO.Directory.Delete(Directory, recursive: true);
    }

    private async Task ReadyAsync()
    {
        using var client = NewClient();
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!(await client.GetAsync("/health/ready", deadline.Token)).IsSuccessStatusCode) await Task.Delay(20, deadline.Token);
    }
}
