using BudgetEngine.Ledger.Sql;
using BudgetEngine.Ledger.Sql.Postgres;
using BudgetEngine.Silo.Configuration;
using Orleans.Configuration;

namespace BudgetEngine.Silo.Cluster;

/// <summary>The client of a cluster of silos that a table in the ledger's PostgreSQL lists.</summary>
internal static class ClusterClient
{
    /// <summary>How soon a silo that came is used, and one that went is not asked any more.</summary>
    private static readonly TimeSpan _lookForSilos = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan _beforeRetry = TimeSpan.FromSeconds(1);

    public static void AddClusterClient(this WebApplicationBuilder builder, ClusterSettings cluster, LedgerOptions ledger)
    {
        builder.Host.UseOrleansClient(client =>
        {
            client.Configure<ClusterOptions>(o => (o.ServiceId, o.ClusterId) = (cluster.ServiceId, cluster.ClusterId));
            client.Configure<ClientMessagingOptions>(o => o.ResponseTimeout = cluster.ResponseTimeout);
            client.Services.PassExceptionsOn();
            client.Configure<GatewayOptions>(o => o.GatewayListRefreshPeriod = _lookForSilos);
            client.UseAdoNetClustering(o =>
            {
                o.Invariant = OrleansTables.Invariant;
                o.ConnectionString = OrleansTables.ConnectionString(ledger);
            });
            // Started before the silos it waits for them; a probe of the start says when that takes too long.
            client.UseConnectionRetryFilter(static async (_, stopping) =>
            {
                await Task.Delay(_beforeRetry, TimeProvider.System, stopping);
                return true;
            });
            client.AddGatewayCountChangedHandler(services =>
            {
                var connection = services.GetRequiredService<ClusterConnection>();
                return (_, change) => connection.Changed(change.NumberOfConnectedGateways);
            });
        });
    }
}
