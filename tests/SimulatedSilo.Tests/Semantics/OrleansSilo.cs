using BudgetEngine.TestKit.Machine;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Orleans.Streams;

namespace BudgetEngine.SimulatedSilo.Tests.Semantics;

/// <summary>Orleans with one silo in this process.</summary>
public sealed class OrleansSilo : SiloFixture
{
    private IHost? _host;

    public override IGrainFactory Grains => _host!.Services.GetRequiredService<IGrainFactory>();

    public override async Task InitializeAsync()
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Logging.SetMinimumLevel(LogLevel.None);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.UseOrleans(silo => silo
            .UseLocalhostClustering(FreePort.Next(), FreePort.Next())
            .Configure<SiloMessagingOptions>(options => options.ResponseTimeout = ResponseTimeout)
            .AddMemoryGrainStorageAsDefault()
            .AddMemoryStreams(StreamProvider, streams => streams.ConfigureStreamPubSub(StreamPubSubType.ImplicitOnly)));
        _host = builder.Build();
        await _host.StartAsync();
    }

    public override async Task DisposeAsync()
    {
        await _host!.StopAsync();
        _host.Dispose();
    }
}
