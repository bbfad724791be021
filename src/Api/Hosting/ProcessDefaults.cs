using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace BudgetEngine.Api;

/// <summary>What every process of the engine has alike: its log, its web server, its clock.</summary>
public static class ProcessDefaults
{
    /// <param name="arguments">Configuration as command-line pairs, <c>--Section:Key=value</c>.</param>
    /// <param name="built">To be called with the host once it is built.</param>
    public static WebApplicationBuilder NewBuilder(string[] arguments, out Action<WebApplication> built)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = arguments, ContentRootPath = AppContext.BaseDirectory });
        builder.Logging.AddSimpleConsole(o => o.SingleLine = true);
        // One line per request would cost more than the request.
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        builder.Logging.AddFilter("Orleans", LogLevel.Warning);
        // What stops a start is told once and in one line, by whoever runs the host; the host would tell it again with its stack.
        var started = false;
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", level => started && level >= LogLevel.Warning);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        builder.Host.UseDefaultServiceProvider(o => o.ValidateOnBuild = true);
        builder.Services.AddSingleton(TimeProvider.System);
        built = app => app.Lifetime.ApplicationStarted.Register(() => started = true);
        return builder;
    }
}
