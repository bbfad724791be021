using System.Net;

namespace BudgetEngine.Silo.Configuration;

/// <summary>What this process is to the cluster.</summary>
public enum ClusterRole
{
    /// <summary>It hosts cost centers.</summary>
    Silo,

    /// <summary>It answers for silos that are elsewhere.</summary>
    Client,
}

/// <summary>How silos find each other.</summary>
public enum ClusterMembership
{
    /// <summary>This process is the cluster.</summary>
    Localhost,

    /// <summary>By a table in the ledger's PostgreSQL.</summary>
    Postgres,
}

/// <summary>
/// Section <c>Cluster</c>, and the names that the environment gives (<c>ORLEANS_SERVICE_ID</c>, <c>ORLEANS_CLUSTER_ID</c>, <c>POD_NAME</c>, <c>POD_IP</c>).
/// Made by <see cref="ClusterSettingsReader"/>, which checks all of it.
/// </summary>
public sealed record ClusterSettings
{
    public const string Section = "Cluster";

    public const int DefaultSiloPort = 11111;
    public const int DefaultGatewayPort = 30000;

    /// <summary>Default <c>localhost</c>. <c>postgres</c> needs a ledger in PostgreSQL.</summary>
    public ClusterMembership Membership { get; init; }

    /// <summary>
    /// This process works on the ledger alone, under an exclusive lock. No other process can hold one of its cost centers, so none waits for the fence and
    /// reading a cost center writes nothing (ADR 7).
    /// </summary>
    public bool IsAlone => Membership == ClusterMembership.Localhost;

    /// <summary>Where other silos connect. Default 11111 in a cluster; null: any free port, for one process alone.</summary>
    public int? SiloPort { get; init; }

    /// <summary>Where clients (API processes) connect. Default 30000 in a cluster; null: any free port, for one process alone.</summary>
    public int? GatewayPort { get; init; }

    /// <summary>
    /// The address that others are told. <c>Cluster:AdvertisedAddress</c>, else <c>POD_IP</c>, else loopback: silos on one machine. On loopback the silo listens
    /// there only, else on all addresses.
    /// </summary>
    public IPAddress Address { get; init; } = IPAddress.Loopback;

    /// <summary>Names the data that belongs together over the life of the installation. <c>ORLEANS_SERVICE_ID</c>, default <c>budget-engine</c>.</summary>
    public string ServiceId { get; init; } = "budget-engine";

    /// <summary>Names the silos that work together. <c>ORLEANS_CLUSTER_ID</c>, default <c>default</c>.</summary>
    public string ClusterId { get; init; } = "default";

    /// <summary>Names this process among the silos. <c>POD_NAME</c>, default machine and process.</summary>
    public string SiloName { get; init; } = $"{Environment.MachineName}:{Environment.ProcessId}";

    /// <summary>
    /// How long a call between grains may take, 2 s to 60 s. Default 10 s. A post is answered half a second earlier, with its own answer. Less fails where the
    /// ledger is only slow; more keeps callers of a silo that has died waiting.
    /// </summary>
    public TimeSpan ResponseTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a silo waits for the answer of another to "are you there", 200 ms to 60 s. Default 1.5 s. Less takes a pause for a death.</summary>
    public TimeSpan ProbeTimeout { get; init; } = TimeSpan.FromSeconds(1.5);

    /// <summary>After so many missed probes a silo is suspected, 1 to 20. Default 3. More finds a death later.</summary>
    public int MissedProbes { get; init; } = 3;

    /// <summary>
    /// How long a cost center that holds nothing stays in memory without a call, 2 s to 24 h. Default 2 min. Less reads the ledger more often; more takes memory.
    /// </summary>
    public TimeSpan IdleAfter { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>
    /// Cost centers with the same first so many segments are on the same silo, 1 to 8. Default 2: a department. Fewer keeps more of a path together and makes a
    /// large tenant one silo's; more spreads it finer, and a check asks more nodes elsewhere. The same at every silo.
    /// </summary>
    public int PlacementSegments { get; init; } = 2;

    /// <summary>
    /// Cost centers of one process ask each other by turns on their own schedulers. Default true. False: by Orleans' messages, as cost centers of several processes
    /// do; slower, and the way to find out whether direct turns are the cause of something.
    /// </summary>
    public bool DirectTurns { get; init; } = true;

    /// <summary>Orleans' dashboard at <c>/orleans</c>, behind an admin key of the whole installation. Default false: it measures every call between grains.</summary>
    public bool Dashboard { get; init; }

    /// <summary>How often idle ones are looked for.</summary>
    public TimeSpan IdleScan => IdleAfter / 4 < MaxIdleScan ? IdleAfter / 4 : MaxIdleScan;

    private static TimeSpan MaxIdleScan => TimeSpan.FromSeconds(30);
}
