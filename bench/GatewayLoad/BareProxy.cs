using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace BudgetEngine.GatewayLoad;

/// <summary>The same YARP without us: everything goes to one upstream.</summary>
internal static class BareProxy
{
    public const string Verb = "bare";

    public static async Task<int> RunAsync(string port, string upstream)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        builder.Services.AddHttpForwarder();
        var app = builder.Build();
        app.UseRouting();
        app.MapForwarder("/{**rest}", upstream);
        await app.RunAsync();
        return 0;
    }
}
