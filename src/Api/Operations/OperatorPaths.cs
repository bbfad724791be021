namespace BudgetEngine.Api.Operations;

/// <summary>Paths that machines call, not people: probes and scrapes. Manifests name them too.</summary>
public static class OperatorPaths
{
    /// <summary>The process answers. Never asks the ledger: an outage of the database must not restart every process and lose its holds.</summary>
    public const string Live = "/health/live";

    /// <summary>Requests may be sent here.</summary>
    public const string Ready = "/health/ready";

    public const string Metrics = "/metrics";
}
