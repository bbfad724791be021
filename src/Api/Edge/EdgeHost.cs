using BudgetEngine.Grains.Interfaces.CostCenters;
using BudgetEngine.Ledger;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace BudgetEngine.Api;

/// <summary>
/// Composes the API as a process of its own, for those who scale it apart from the silos. It keeps nothing: cost centers are asked through the cluster, and
/// reports, catalogs and administrative writes go to the ledger directly. Any number of such processes answer alike.
/// </summary>
internal static class EdgeHost
{
    private static readonly TimeSpan _shutdownTimeout = TimeSpan.FromSeconds(30);

    public static async Task<int> RunAsync(string[] args)
    {
        if (HelpRequest.IsIn(args))
        {
            Console.WriteLine(EdgeCommandLine.Usage);
            return 0;
        }

        if (EdgeCommandLine.FaultOf(args) is { } fault)
        {
            await Console.Error.WriteLineAsync($"budgetengine-api: unknown or incomplete option '{fault}'\n{EdgeCommandLine.Usage}");
            return 2;
        }

        try
        {
            await using var app = Build(args);
            await app.StartOrStopAsync();
            Console.WriteLine($"BudgetEngine's API listens on {string.Join(", ", app.Urls)}");
            Console.WriteLine($"  store    {app.Services.GetRequiredService<ILedgerStore>().Description}");
            Console.WriteLine($"  access   {(app.Services.GetRequiredService<KeyRing>().IsOpen ? OpenMode.Warning : "by key")}");
            await app.WaitForShutdownAsync();
            return 0;
        }
        catch (Exception failed) when (StartFailure.TryExplain(failed, out var explanation))
        {
            await Console.Error.WriteLineAsync($"budgetengine-api: {explanation}");
            return 1;
        }
    }

    /// <param name="arguments">Configuration as command-line pairs, <c>--Section:Key=value</c>.</param>
    private static WebApplication Build(string[] arguments)
    {
        var builder = ProcessDefaults.NewBuilder(arguments, out var built);
        var ledger = builder.Configuration.GetSection(LedgerOptions.Section).Get<LedgerOptions>() ?? new LedgerOptions();
        var cluster = ClusterSettingsReader.Read(builder.Configuration, ledger, ClusterRole.Client);
        builder.Services.AddEdgeLedger(ledger);
        builder.Services.AddSingleton<ClusterConnection>();
        builder.Services.AddSingleton<CostCenterCalls>();
        builder.AddClusterClient(cluster, ledger);
        builder.Services.AddBudgetApi(builder.Configuration);
        builder.Services.AddHostedService<OpenModeGuard>();
        builder.Services.AddHostedService<EdgeReadiness>();
        builder.Services.Configure<HostOptions>(o => o.ShutdownTimeout = _shutdownTimeout);
        var app = builder.Build();
        built(app);
        app.MapBudgetApi();
        return app;
    }
}
