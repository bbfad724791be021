using BudgetEngine.Gateway.Configuration;
using BudgetEngine.Gateway.Hosting;
using BudgetEngine.Silo.Logging;
using Microsoft.Extensions.Options;

namespace BudgetEngine.Silo.Hosting;

/// <summary>The gateway by itself: a process before the providers that asks an engine elsewhere.</summary>
public static class GatewayHost
{
    private const string EnabledKey = $"{GatewayOptions.Section}:{nameof(GatewayOptions.Enabled)}";

    private const string EngineKey = $"{GatewayOptions.Section}:{nameof(GatewayOptions.Engine)}";

    /// <summary>Runs the host until it is stopped.</summary>
    internal static async Task<int> RunAsync(string[] arguments)
    {
        await using var app = Build(arguments);
        await app.StartOrStopAsync();
        if (!LogOutput.IsJson(app.Configuration)) Console.WriteLine($"The gateway listens on {string.Join(", ", app.Urls)}");
        await app.WaitForShutdownAsync();
        return 0;
    }

    /// <summary>The host, not started.</summary>
    /// <exception cref="OptionsValidationException">No engine is named.</exception>
    public static WebApplication Build(string[] arguments)
    {
        var builder = ProcessDefaults.NewBuilder(arguments, out var built);
        if (string.IsNullOrEmpty(builder.Configuration[EngineKey]))
        {
            throw new OptionsValidationException(EngineKey, typeof(GatewayOptions), [$"{EngineKey} is required: the engine that the gateway asks, such as http://127.0.0.1:8080"]);
        }

        builder.Services.AddGateway(builder.Configuration);
        builder.Services.AddHostedService<LifeLog>();
        builder.Services.Configure<HostOptions>(o => o.ShutdownTimeout = BudgetHost.ShutdownTimeout);
        var app = builder.Build();
        built(app);
        app.UseGateway();
        app.MapGet("/health/live", () => Results.Json(new { status = "ready" }));
        app.MapGet("/health/ready", () => Results.Json(new { status = "ready" }));
        return app;
    }

    /// <summary>Whether a silo serves the gateway too.</summary>
    internal static bool IsEnabled(IConfiguration configuration) => configuration.GetValue<bool>(EnabledKey);
}
