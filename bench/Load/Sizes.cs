namespace BudgetEngine.Load;

/// <summary>Every size of a run that is not an option.</summary>
internal static class Sizes
{
    /// <summary>Connections of single requests, unless <c>--connections</c> says otherwise.</summary>
    public const int Connections = 64;

    /// <summary>The second number of connections of single posts: what a group commit is for.</summary>
    public const int ManyConnections = 512;

    /// <summary>Besides <see cref="Connections"/>, for rates over connections.</summary>
    public static readonly int[] OtherConnections = [1, 16, ManyConnections];

    public const int BatchConnections = 4;

    public const int BatchRecords = 1_000;

    /// <summary>Records of one transaction, at most; the engine's default.</summary>
    public const int CommitRecords = 2_000;

    /// <summary>Rows of one statement of the bare insert.</summary>
    public const int UnnestRows = CommitRecords;

    /// <summary>Of each tenant of the loads.</summary>
    public const int Leaves = 1_000;

    /// <summary>Between tenant and leaves, but for the one hot parent.</summary>
    public const int Departments = 20;

    /// <summary>Connections to PostgreSQL of the server that updates one row per request; as many as the engine may have.</summary>
    public const int UpdatePool = 20;

    /// <summary>Of the connection to Redis, in each direction, to begin with.</summary>
    public const int RedisBufferBytes = 256 * 1024;

    public const int SetUpConnections = 16;

    /// <summary>Cost centers in memory; the last only with <c>--large</c>.</summary>
    public static readonly int[] ResidentCostCenters = [10_000, 100_000, 1_000_000];

    /// <summary>Rows behind the cost center that is asked cold.</summary>
    public const int RowsBehind = 1_000_000;

    public const int QuickRowsBehind = 50_000;

    /// <summary>Open all the while that the collector is watched at full rate.</summary>
    public const int OpenReservations = 65_000;

    public const int QuickOpenReservations = 5_000;

    /// <summary>Of fresh checks, while the collector is watched.</summary>
    public const int FreshConnections = 16;

    /// <summary>Settled, and remembered, to learn what each of them takes.</summary>
    public const int EndedReservations = 100_000;

    public const int QuickEndedReservations = 5_000;

    public const int SoakConnections = 8;

    /// <summary>Of a cluster on one machine.</summary>
    public const int Silos = 3;

    /// <summary>Cost centers with a row each that several callers ask cold, in each round.</summary>
    public const int ColdLeaves = 2_000;

    public const int ColdCallers = 8;

    /// <summary>How long an open loop waits for what is due, before it gives it up.</summary>
    public static readonly TimeSpan OpenGrace = TimeSpan.FromSeconds(3);

    public static readonly TimeSpan OpenDrainPoll = TimeSpan.FromMilliseconds(10);

    public const int ResidentLeavesPerDepartment = 100;

    public const int ReceiveBufferBytes = 8 * 1024;

    /// <summary>A connection that gets more unexpected answers than this gives up.</summary>
    public const int MaxFaultsPerConnection = 10;

    public const int FaultSamples = 5;

    /// <summary>How many lines of a server's output are kept for the case that it fails.</summary>
    public const int KeptOutputLines = 40;

    public static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);

    public static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(60);

    public static readonly TimeSpan ReadyPoll = TimeSpan.FromMilliseconds(10);

    /// <summary>Between set-up and loads: the catalog of prices is read every half second.</summary>
    public static readonly TimeSpan SettlePause = TimeSpan.FromSeconds(1.5);

    /// <summary>Until the runtime's events of the last instant have come.</summary>
    public static readonly TimeSpan EventPause = TimeSpan.FromSeconds(0.5);

    /// <summary>Until the resident set is read: the last requests' buffers go back.</summary>
    public static readonly TimeSpan MemoryPause = TimeSpan.FromSeconds(3);
}
