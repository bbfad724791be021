#if ORLEANS
using System.Net;
using System.Net.Sockets;
using Orleans.Configuration;
using Orleans.Hosting;

namespace BudgetEngine.Silo;

/// <summary>Microsoft Orleans in one process (localhost clustering). Epochs are registered in the ledger, as they are with many.</summary>
internal static class GrainRuntime
{
    public const string Name = "orleans";

    /// <summary>Other processes may work on the ledger too: nodes are fenced by their epochs.</summary>
    public const bool IsExclusive = false;

    /// <summary>Above the deadline of a post (10 s), whose own answer then comes first.</summary>
    private static readonly TimeSpan GrainCallTimeout = TimeSpan.FromSeconds(12);

    public static string ProcessName { get; } = Environment.GetEnvironmentVariable("POD_NAME") ?? $"{Environment.MachineName}:{Environment.ProcessId}";

    public static void AddGrainRuntime(this WebApplicationBuilder builder) => builder.Host.UseOrleans(silo =>
    {
        var (siloPort, gatewayPort) = (FreePort(), FreePort());
        silo.UseLocalhostClustering(siloPort, gatewayPort, new IPEndPoint(IPAddress.Loopback, siloPort), "budgetengine", $"local-{siloPort}");
        silo.Configure<SiloMessagingOptions>(o => o.ResponseTimeout = GrainCallTimeout);
        silo.Configure<GrainCollectionOptions>(o =>
        {
            o.CollectionQuantum = TimeSpan.FromSeconds(30);
            o.CollectionAge = TimeSpan.FromMinutes(2);
        });
    });

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
#endif
