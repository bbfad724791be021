using BudgetEngine.Grains.Alerts;
using BudgetEngine.Grains.CostCenters;
using BudgetEngine.TestKit.Machine;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Orleans.Core.Internal;
using Orleans.Streams;

namespace BudgetEngine.Grains.Tests.Harness;

/// <summary>
/// Orleans with one silo in this process. Starting one takes seconds, so tests take turns with it; each has a tenant of its own, and new activations get what the
/// engine of the running test gives them.
/// </summary>
internal sealed class OrleansTestSilo : TestSilo
{
    private static readonly SemaphoreSlim _turn = new(1, 1);
    private static IHost? _shared;
    private static (CostCenterServices Nodes, NotifierServices Notifiers) _current;

    private readonly IHost _host;
    private readonly bool _own;

    private OrleansTestSilo(IHost host, bool own) => (_host, _own) = (host, own);

    public override IGrainFactory Grains => _host.Services.GetRequiredService<IGrainFactory>();

    public override IStreamProvider Streams(string name) => _host.Services.GetRequiredKeyedService<IStreamProvider>(name);

    public static async Task<TestSilo> StartAsync(CostCenterServices services, NotifierServices notifiers, bool ownSilo)
    {
        if (ownSilo) return new OrleansTestSilo(await StartHostAsync(() => (services, notifiers)), own: true);
        await _turn.WaitAsync();
        _current = (services, notifiers);
        return new OrleansTestSilo(_shared ??= await StartHostAsync(() => _current), own: false);
    }

    public override Task KillAsync(string key) => DeactivateAsync(key);

    public override async Task DeactivateAsync(string key) => await Grain(key).AsReference<IGrainManagementExtension>().DeactivateOnIdle();

    public override async Task StopAsync()
    {
        if (!_own)
        {
            _turn.Release();
            return;
        }

        await _host.StopAsync();
        _host.Dispose();
    }

    private static async Task<IHost> StartHostAsync(Func<(CostCenterServices Nodes, NotifierServices Notifiers)> services)
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Logging.SetMinimumLevel(LogLevel.None);
        builder.Services.AddTransient(_ => services().Nodes);
        builder.Services.AddTransient(_ => services().Notifiers);
        builder.UseOrleans(silo => silo
            .UseLocalhostClustering(FreePort.Next(), FreePort.Next())
            .AddMemoryStreams(AlertStreams.Provider, streams => streams.ConfigureStreamPubSub(StreamPubSubType.ImplicitOnly))
            .AddMemoryGrainStorage(AlertStreams.StateStorage)
            .Configure<SiloMessagingOptions>(options => options.ResponseTimeout = TimeSpan.FromSeconds(10)));
        var host = builder.Build();
        await host.StartAsync();
        return host;
    }
}
