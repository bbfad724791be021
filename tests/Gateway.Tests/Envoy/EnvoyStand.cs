using BudgetEngine.TestKit.Machine;
using BudgetEngine.TestKit.Providers;
using Grpc.Core;
using Grpc.Net.Client;

namespace BudgetEngine.Gateway.Tests.Envoy;

/// <summary>A real engine that serves Envoy's protocols on a port of their own, and a client in Envoy's place.</summary>
public sealed class EnvoyStand : IAsyncLifetime
{
    private const string AdminKey = "an-admin-key-of-enough-characters-for-tests";

    private readonly int _port = FreePort.Next();

    public PricedEngine Priced { get; } = new();

    public GrpcChannel Channel { get; private set; } = default!;

    public async Task InitializeAsync()
    {
        await Priced.StartAsync(AdminKey, $"--Envoy:Url=http://127.0.0.1:{_port}");
        Channel = GrpcChannel.ForAddress($"http://127.0.0.1:{_port}");
    }

    public async Task DisposeAsync()
    {
        Channel?.Dispose();
        await Priced.DisposeAsync();
    }

    /// <summary>A key of a gateway, as a call's metadata, and the cost center that it is for.</summary>
    public async Task<(Metadata Key, string CostCenter)> NewGatewayAsync(decimal daily, object? profile = null, string[]? scopes = null)
    {
        var costCenter = await Priced.NewCostCenterAsync(daily);
        var tenant = costCenter[..costCenter.IndexOf('/')];
        var made = await Priced.Caller.PostAsync("/v1/keys", new { name = "envoy", scopes = scopes ?? ["check", "usage"], cost_center = tenant, gateway = profile });
        return (new Metadata { { "x-budget-key", made.Is(201).GetProperty("key").GetString()! } }, costCenter);
    }
}

[CollectionDefinition(nameof(EnvoyStand))]
public sealed class EnvoyStandCollection : ICollectionFixture<EnvoyStand>;
