using BudgetEngine.Client;
using BudgetEngine.Gateway.Configuration;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace BudgetEngine.Gateway.Callers;

/// <summary>The client of the engine; made when it is first used, since a process that is the engine too knows its own address only once it listens.</summary>
internal sealed class EngineClient(IOptions<GatewayOptions> options, IServer server, TimeProvider clock, ILogger<BudgetClient> log) : IAsyncDisposable
{
    private readonly Lock _sync = new();
    private BudgetClient? _client;

    public BudgetClient Client
    {
        get
        {
            lock (_sync) return _client ??= New();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_client is not null) await _client.DisposeAsync();
    }

    private BudgetClient New() => new(
        new BudgetClientOptions
        {
            Address = new Uri(options.Value.Engine ?? Own()),
            Timeout = options.Value.EngineTimeout,
            OnOutage = options.Value.OnOutage,
            OutageLimit = options.Value.OutageLimit, OutageAmountPerCall = options.Value.OutageAmountPerCall,
        },
        clock: clock, log: log);

    private string Own()
    {
        var addresses = server.Features.Get<IServerAddressesFeature>()!.Addresses;
        var address = BindingAddress.Parse(addresses.FirstOrDefault(a => a.StartsWith("http:", StringComparison.OrdinalIgnoreCase)) ?? addresses.First());
        // "Everywhere" is no place to call.
        var host = address.Host is "*" or "+" or "0.0.0.0" or "[::]" ? "127.0.0.1" : address.Host;
        return $"{address.Scheme}://{host}:{address.Port}";
    }
}
