using BudgetEngine.Silo.Hosting;
using BudgetEngine.TestKit.Engine;
using BudgetEngine.TestKit.Waiting;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace BudgetEngine.Integration.Tests.Harness;

/// <summary>The engine in this process, over real HTTP: starts fast, and may be given a wall clock that the test sets.</summary>
internal sealed class EngineHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private EngineHost(WebApplication app)
    {
        _app = app;
        Address = new Uri(app.Urls.First());
        Caller = new Caller(Address);
    }

    public Uri Address { get; }

    public Caller Caller { get; }

    public static async Task<EngineHost> StartAsync(Store store, TimeProvider clock, params string[] options)
    {
        string[] place = store.Postgres is null ? [$"--Ledger:DataDirectory={store.Directory}"] : [$"--Ledger:Postgres={store.Postgres}"];
        string[] arguments = ["--urls=http://127.0.0.1:0", "--Keys:Open=true", "--Logging:LogLevel:Default=Warning", .. place, .. options];
        var app = BudgetHost.Build(arguments, services =>
        {
            services.AddSingleton(clock);
            // What a silo of Orleans asks for by the name of its own loops: they compare with the machine's clock, and one that differs makes a silo vote itself dead.
            services.AddKeyedSingleton(KeyedService.AnyKey, TimeProvider.System);
        });
        try
        {
            await app.StartOrStopAsync();
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }

        var engine = new EngineHost(app);
        await Eventually.HoldsAsync("the engine is ready", async () => (await engine.Caller.GetAsync("/health/ready")).Status == 200);
        return engine;
    }

    public async ValueTask DisposeAsync()
    {
        Caller.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}

/// <summary>
/// A wall clock that only the test moves. Timers and the monotonic clock stay real: the engine's own loops (lease, catalog, deadlines of holds) run as they do.
/// </summary>
internal sealed class SetClock(DateTimeOffset now) : TimeProvider
{
    private long _ticks = now.UtcTicks;

    public DateTimeOffset Now
    {
        get => new(Volatile.Read(ref _ticks), TimeSpan.Zero);
        set => Volatile.Write(ref _ticks, value.UtcTicks);
    }

    public override DateTimeOffset GetUtcNow() => Now;
}
