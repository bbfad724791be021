using System.Runtime;
using BudgetEngine.Silo.Configuration;
using BudgetEngine.Silo.Logging;
using BudgetEngine.Silo.Telemetry;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace BudgetEngine.Silo.Hosting;

/// <summary>What every process of the engine has alike: its log, its web server, its clock.</summary>
public static class ProcessDefaults
{
    /// <summary>What the server reads ahead of us, for each connection, whether or not we want it; and what it takes from the socket before that, which would be a megabyte.</summary>
    private const int ReadAheadBytes = 128 * 1024;

    private static readonly string[] _quietUnlessRunning =
        ["Orleans.Runtime.Silo", "Orleans.Runtime.Watchdog", "Orleans.Messaging", "Orleans.Streams", "Orleans.Providers.MemoryAdapterReceiver"];

    /// <param name="arguments">Configuration as command-line pairs, <c>--Section:Key=value</c>.</param>
    /// <param name="built">To be called with the host once it is built.</param>
    public static WebApplicationBuilder NewBuilder(string[] arguments, out Action<WebApplication> built)
    {
        // Otherwise the collector stops everything for as long as it takes to move what is old closer together: 140 ms after 100,000 holds had come into memory and gone.
        GCSettings.LatencyMode = GCLatencyMode.SustainedLowLatency;
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = arguments, ContentRootPath = AppContext.BaseDirectory });
        Settings.Check(builder.Configuration);
        ListenAddresses.Check(builder.Configuration);
        builder.Logging.AddEngineLog(builder.Configuration);
        // Nobody writes scopes. With them each connection has a context of its own, which every hop between threads of its requests would have to carry.
        builder.Services.Configure<LoggerFilterOptions>(o => o.CaptureScopes = false);
        // One line per request would cost more than the request.
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        builder.Logging.AddFilter("Orleans", LogLevel.Warning);
        builder.Logging.AddFilter("Yarp", LogLevel.Warning);
        // By which Orleans places its grains: each attempt that it repeats is a warning with a stack.
        builder.Logging.AddFilter("Polly", LogLevel.Error);
        // What stops a start is told once and in one line, by whoever runs the host; the host would tell it again with its stack.
        var started = false;
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", level => started && level >= LogLevel.Warning);
        // A silo that stops before it has quite started looks for another one for its streams' grains, and tells with a stack that there is none.
        builder.Logging.AddFilter("Orleans.Grain", level => started && level >= LogLevel.Warning);
        // The streams of a silo tell with their stacks that they are only beginning, or end in order. (Silo and watchdog begin every start with advice on the
        // garbage collector, and an alarm about the time since the machine began.)
        var runs = false;
        foreach (var category in _quietUnlessRunning) builder.Logging.AddFilter(category, level => runs && level >= LogLevel.Warning);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBufferSize = ReadAheadBytes;
        });
        builder.Services.Configure<SocketTransportOptions>(sockets => sockets.MaxReadBufferSize = ReadAheadBytes);
        builder.Host.UseDefaultServiceProvider(o => o.ValidateOnBuild = true);
        builder.AddTelemetry();
        builder.Services.AddSingleton(TimeProvider.System);
        built = app =>
        {
            app.Lifetime.ApplicationStarted.Register(() => started = runs = true);
            app.Lifetime.ApplicationStopping.Register(() => runs = false);
        };
        return builder;
    }

    /// <summary>
    /// Starts the host. Where that fails, what had started ends in order, as at a stop: disposed of as it runs, a silo's own loops would go on without their
    /// services, and the ledger would take the process for a living one until its lease runs out.
    /// </summary>
    public static async Task StartOrStopAsync(this WebApplication app)
    {
        try
        {
            await app.StartAsync();
        }
        catch
        {
            await StopWhatStartedAsync(app);
            throw;
        }
    }

    private static async Task StopWhatStartedAsync(WebApplication app)
    {
        try
        {
            await app.StopAsync();
        }
        catch (Exception)
        {
            // What never started may refuse to stop, and the rest has been asked to by then. What is told is why the start failed.
        }
    }
}
