namespace BudgetEngine.Api.Operations;

/// <summary>The life of the process as probes see it.</summary>
public enum ReadinessState
{
    /// <summary>Not served yet: 503.</summary>
    Starting,

    Ready,

    /// <summary>Served, but the ledger is out of reach: 200, since another process would fare no better.</summary>
    Degraded,

    /// <summary>Of a process that is a client of the cluster: no silo is in reach; 503, since another process may reach one.</summary>
    Disconnected,

    /// <summary>No new requests, please: 503.</summary>
    Stopping,
}
