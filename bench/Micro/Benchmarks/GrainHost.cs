using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace BudgetEngine.Micro.Benchmarks;

/// <summary>Orleans with one silo in this process.</summary>
internal sealed class GrainHost
{
    private IHost? _host;

    public async Task<IGrainFactory> StartAsync()
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Logging.SetMinimumLevel(LogLevel.None);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.UseOrleans(silo => silo.UseLocalhostClustering(FreePort(), FreePort()));
        _host = builder.Build();
        await _host.StartAsync();
        return _host.Services.GetRequiredService<IGrainFactory>();
    }

    public async Task StopAsync()
    {
        await _host!.StopAsync();
        _host.Dispose();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
