using BudgetEngine.Api;
using BudgetEngine.Channels;
using BudgetEngine.Ledger;

namespace BudgetEngine.Silo;

/// <summary>Composes the engine: ledger, silo, API, in one process.</summary>
public static class BudgetHost
{
    /// <summary>How long a stop may take before it is cut short; whoever stops the process must wait longer (in Kubernetes, <c>terminationGracePeriodSeconds</c>).</summary>
    public static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(45);

    /// <summary>Runs the verb of the arguments until it ends or is stopped. A failure to start is one clear line on standard error, and 1.</summary>
    public static async Task<int> RunAsync(string[] args)
    {
        try
        {
            if (CommandLine.Parse(args) is not { } command) return 2;
            switch (command.Verb)
            {
                case CommandVerb.CreateKey:
                    return await KeyCommand.RunAsync(command);
                case CommandVerb.Migrate:
                    return await MigrateCommand.RunAsync(command);
            }

            await using var app = Build(command.Configuration);
            await app.StartAsync();
            Banner.Print(app);
            if (command.Demo) app.Services.GetRequiredService<DemoTraffic>().Start(app);
            await app.WaitForShutdownAsync();
            return 0;
        }
        catch (Exception failed) when (StartFailure.TryExplain(failed, out var explanation))
        {
            await Console.Error.WriteLineAsync($"budgetengine: {explanation}");
            return 1;
        }
    }

    /// <summary>The host, not started.</summary>
    /// <param name="arguments">Configuration as command-line pairs, <c>--Section:Key=value</c>.</param>
    /// <param name="configure">For tests: a last word on the services.</param>
    public static WebApplication Build(string[] arguments, Action<IServiceCollection>? configure = null)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = arguments, ContentRootPath = AppContext.BaseDirectory });
        builder.Logging.AddSimpleConsole(o => o.SingleLine = true);
        // One line per request would cost more than the request.
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        builder.Logging.AddFilter("Orleans", LogLevel.Warning);
        // What stops a start is told once and in one line, by RunAsync; the host would tell it again with its stack.
        var started = false;
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", level => started && level >= LogLevel.Warning);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        builder.Host.UseDefaultServiceProvider(o => o.ValidateOnBuild = true);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.AddGrainRuntime(builder.Services.AddLedger(builder.Configuration));
        builder.Services.AddBudgetApi(builder.Configuration);
        builder.Services.AddEngineMetrics();
        builder.Services.AddChannels(builder.Configuration);
        builder.Services.AddSingleton<DemoTraffic>();
        builder.Services.AddHostedService<AlertSweeper>();
        builder.Services.AddHostedService<OpenModeGuard>();
        builder.Services.AddHostedService<ReadinessKeeper>();
        builder.Services.Configure<HostOptions>(o => o.ShutdownTimeout = ShutdownTimeout);
        configure?.Invoke(builder.Services);
        var app = builder.Build();
        app.Lifetime.ApplicationStarted.Register(() => started = true);
        app.MapBudgetApi();
        return app;
    }
}
