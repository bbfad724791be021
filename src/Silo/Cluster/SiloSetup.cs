using System.Net;
using System.Net.Sockets;
using BudgetEngine.Api.Keys;
using BudgetEngine.Grains.Alerts;
using BudgetEngine.Ledger.Alerts;
using BudgetEngine.Ledger.Sql;
using BudgetEngine.Ledger.Sql.Postgres;
using BudgetEngine.Ledger.Writer;
using BudgetEngine.Silo.Configuration;
using BudgetEngine.Silo.Telemetry;
using Orleans.Configuration;
using Orleans.Dashboard;
using Orleans.Storage;
using Orleans.Streams;

namespace BudgetEngine.Silo.Cluster;

/// <summary>Microsoft Orleans: one process alone, or one of the silos that a table in PostgreSQL lists.</summary>
internal static class SiloSetup
{
    private const string DashboardPath = "/orleans";

    /// <summary>A post answers by itself before the call to it times out.</summary>
    private static readonly TimeSpan _beforeTimeout = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// How often a silo says in the table of members that it lives. A newcomer joins once every active silo answers it, and may declare dead only those that have been silent in the table for
    /// three times as long. Where all silos died at once, others at other addresses wait for that; Orleans' default of 30 s makes it an outage of a minute and a half.
    /// </summary>
    private static readonly TimeSpan _saysItLives = TimeSpan.FromSeconds(5);

    private const int MissedBeforeIgnored = 3;

    /// <summary>Longer than any clock is ever set back: then Orleans' collector of idle grains refuses whatever comes into memory. Cost centers are ended by <see cref="IdleNodes"/>; the others are few.</summary>
    private static readonly TimeSpan _neverIdle = TimeSpan.FromDays(3650);

    // A process alone looks for its ports between these. Linux takes those from 32,768 on for outgoing connections, and this repository's tests those from 20,000 on for their servers.
    private const int LeastPort = 10_000;
    private const int MostPort = 19_999;

    public static void AddSilo(this WebApplicationBuilder builder, ClusterSettings cluster, LedgerOptions ledger)
    {
        builder.Services.PostConfigure<LedgerWriterOptions>(o => o.PostDeadline = Shorter(o.PostDeadline, cluster.ResponseTimeout - _beforeTimeout));
        builder.Host.UseOrleans(silo =>
        {
            if (cluster.Membership == ClusterMembership.Postgres) silo.JoinCluster(cluster, ledger).KeepDirectory();
            else silo.StayAlone(cluster);
            silo.Configure<SiloMessagingOptions>(o => o.ResponseTimeout = cluster.ResponseTimeout);
            silo.Configure<ClientMessagingOptions>(o => o.ResponseTimeout = cluster.ResponseTimeout);
            silo.Configure<GrainCollectionOptions>(o => o.CollectionAge = _neverIdle);
            silo.AddPlacementDirector<PathPlacementStrategy, PathPlacementDirector>();
            // Of grains that name none. Nothing is moved to balance silos: a hold would have to move with it.
            silo.Services.AddSingleton<PlacementStrategy, PathPlacementStrategy>();
            silo.Services.PassExceptionsOn();
            silo.AddAlerts(ledger);
            // Filters on every message between grains: only where somebody looks at them.
            if (TelemetrySetup.IsOn(builder.Configuration)) silo.AddActivityPropagation();
            if (cluster.Dashboard) silo.AddDashboard(o => o.HideTrace = true);
            silo.Services.AddSingleton<IFatalErrorHandler, EndAtOnce>();
        });
    }

    /// <summary>Orleans' dashboard, for whoever administers the whole installation: it shows every cost center's name.</summary>
    public static void MapOrleansPages(this WebApplication app)
    {
        var admin = app.Services.GetRequiredService<AdminOnly>();
        app.MapOrleansDashboard(DashboardPath).AddEndpointFilter(async (context, next) => await admin.RefusesAsync(context.HttpContext) ? Results.Empty : await next(context));
    }

    /// <summary>Memory streams lose events with their silo: they only say that there is something to do, which the ledger has.</summary>
    private static void AddAlerts(this ISiloBuilder silo, LedgerOptions ledger)
    {
        silo.AddMemoryStreams(AlertStreams.Provider, streams =>
        {
            streams.ConfigureStreamPubSub(StreamPubSubType.ImplicitOnly);
            // Each queue is asked ten times a second by some silo, whether or not there is anything in it.
            streams.ConfigurePartitioning(numOfQueues: 2);
        });
        if (string.IsNullOrWhiteSpace(ledger.Postgres))
        {
            silo.Services.AddKeyedSingleton<IGrainStorage>(AlertStreams.StateStorage, (p, _) => new LedgerGrainStates(p.GetRequiredService<ILedgerGrainStates>()));
            return;
        }

        silo.AddAdoNetGrainStorage(AlertStreams.StateStorage, o =>
        {
            o.Invariant = OrleansTables.Invariant;
            o.ConnectionString = OrleansTables.ConnectionString(ledger);
        });
    }

    private static void StayAlone(this ISiloBuilder silo, ClusterSettings cluster)
    {
        var (siloPort, gatewayPort) = (cluster.SiloPort ?? FreePort(), cluster.GatewayPort ?? FreePort());
        silo.UseLocalhostClustering(siloPort, gatewayPort, new IPEndPoint(IPAddress.Loopback, siloPort), cluster.ServiceId, $"local-{siloPort}");
        silo.Configure<SiloOptions>(o => o.SiloName = cluster.SiloName);
    }

    /// <summary>
    /// Where each cost center is, kept through every change of the silos (ADR 11): the default directory forgets a share of the entries with each silo that
    /// leaves, so cost centers would come to life a second time, and wait for the fence, while their first life is handing over.
    /// </summary>
    private static void KeepDirectory(this ISiloBuilder silo)
    {
#pragma warning disable ORLEANSEXP003 // Marked experimental by Orleans: see ADR 11.
        silo.AddDistributedGrainDirectory();
#pragma warning restore ORLEANSEXP003
        // After a crash our own fence says when a cost center may grant elsewhere; reads and usage go on at once.
        silo.Configure<GrainDirectoryOptions>(o => o.RangeLeaseDuration = TimeSpan.Zero);
    }

    private static ISiloBuilder JoinCluster(this ISiloBuilder silo, ClusterSettings cluster, LedgerOptions ledger)
    {
        silo.Configure<ClusterOptions>(o => (o.ServiceId, o.ClusterId) = (cluster.ServiceId, cluster.ClusterId));
        silo.Configure<SiloOptions>(o => o.SiloName = cluster.SiloName);
        silo.Configure<EndpointOptions>(o =>
        {
            o.AdvertisedIPAddress = cluster.Address;
            (o.SiloPort, o.GatewayPort) = (cluster.SiloPort!.Value, cluster.GatewayPort!.Value);
            o.SiloListeningEndpoint = new IPEndPoint(ListeningAddress(cluster.Address), o.SiloPort);
            o.GatewayListeningEndpoint = new IPEndPoint(ListeningAddress(cluster.Address), o.GatewayPort);
        });
        silo.Configure<ClusterMembershipOptions>(o =>
        {
            (o.ProbeTimeout, o.NumMissedProbesLimit) = (cluster.ProbeTimeout, cluster.MissedProbes);
            (o.IAmAliveTablePublishTimeout, o.NumMissedTableIAmAliveLimit) = (_saysItLives, MissedBeforeIgnored);
        });
        silo.UseAdoNetClustering(o =>
        {
            o.Invariant = OrleansTables.Invariant;
            o.ConnectionString = OrleansTables.ConnectionString(ledger);
        });
        return silo;
    }

    /// <summary>A silo that only this machine can reach is not offered to the network; nothing between silos asks for a key.</summary>
    private static IPAddress ListeningAddress(IPAddress advertised) =>
        IPAddress.IsLoopback(advertised) ? advertised : advertised.AddressFamily == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Any : IPAddress.Any;

    private static TimeSpan Shorter(TimeSpan a, TimeSpan b) => a < b ? a : b;

    /// <summary>
    /// A port that nobody else on this machine listens on. Not the system's choice: those ports are the ones that outgoing connections take as well, and any of them may until Orleans listens.
    /// </summary>
    private static int FreePort()
    {
        while (true)
        {
            using var listener = new TcpListener(IPAddress.Loopback, Random.Shared.Next(LeastPort, MostPort + 1));
            try
            {
                listener.Start();
                return ((IPEndPoint)listener.LocalEndpoint).Port;
            }
            catch (SocketException taken) when (taken.SocketErrorCode == SocketError.AddressAlreadyInUse)
            {
                // The next one.
            }
        }
    }
}
