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
                case CommandVerb.Help:
                    Console.WriteLine(CommandLine.Usage);
                    return 0;
                case CommandVerb.CreateKey:
                    return await KeyCommand.RunAsync(command);
                case CommandVerb.Migrate:
                    return await MigrateCommand.RunAsync(command);
            }

            await using var app = Build(command.Configuration);
            await app.StartOrStopAsync();
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
        var builder = ProcessDefaults.NewBuilder(arguments, out var built);
        builder.AddGrainRuntime(builder.Services.AddLedger(builder.Configuration));
        builder.Services.AddBudgetApi(builder.Configuration);
        builder.Services.AddChannels(builder.Configuration);
        builder.Services.AddEngineMetrics();
        builder.Services.AddSingleton<DemoTraffic>();
        builder.Services.AddHostedService<AlertSweeper>();
        builder.Services.AddHostedService<OpenModeGuard>();
        builder.Services.AddHostedService<ReadinessKeeper>();
        builder.Services.Configure<HostOptions>(o => o.ShutdownTimeout = ShutdownTimeout);
        configure?.Invoke(builder.Services);
        var app = builder.Build();
        built(app);
        app.MapBudgetApi();
        app.MapRuntimePages();
        return app;
    }
}
