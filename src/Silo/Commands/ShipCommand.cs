using BudgetEngine.Shipping.Hosting;
using BudgetEngine.Silo.Configuration;
using BudgetEngine.Silo.Logging;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace BudgetEngine.Silo.Commands;

/// <summary><c>ship</c>: settles what a gateway's access log says, until it is stopped.</summary>
internal static class ShipCommand
{
    public static async Task<int> RunAsync(string[] configuration)
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { Args = configuration, ContentRootPath = AppContext.BaseDirectory });
        Settings.Check(builder.Configuration);
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Logging.AddEngineLog(builder.Configuration);
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning).AddFilter("System.Net.Http", LogLevel.Warning);
        // What stops a start is told once and in one line, by whoever runs the verb.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
        builder.Services.AddShipping(builder.Configuration);
        using var host = builder.Build();
        await host.StartAsync();
        if (!LogOutput.IsJson(builder.Configuration)) Console.WriteLine($"Ships {builder.Configuration[$"{ShipOptions.Section}:{nameof(ShipOptions.File)}"]}");
        await host.WaitForShutdownAsync();
        // It ends by itself only by a fault, such as a log that may not be read.
        await host.Services.GetServices<IHostedService>().OfType<BackgroundService>().Single().ExecuteTask!;
        return 0;
    }
}
