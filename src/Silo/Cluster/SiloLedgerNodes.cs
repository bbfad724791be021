using BudgetEngine.Ledger;
using BudgetEngine.Ledger.Fence;
using BudgetEngine.Ledger.Nodes;
using BudgetEngine.Ledger.Sql;
using BudgetEngine.Ledger.Writer;

namespace BudgetEngine.Silo.Cluster;

/// <summary>
/// What a silo asks of the ledger about its nodes. One that stood still for longer than its lease first looks whether the others still count on it: voted dead, it
/// would renew its lease and take cost centers over from those that have them now, who would drop what they hold in memory.
/// </summary>
internal sealed class SiloLedgerNodes(LedgerStore store, LedgerHealth health, IServiceProvider services) : ILedgerNodes, ILedgerLeases
{
    public async Task<IReadOnlyList<NodeState>> RegisterAsync(
        IReadOnlyList<string> costCenters, DateOnly fromDay, DateTimeOffset now, string process, CancellationToken cancellationToken)
    {
        await EndIfVotedDeadAsync();
        return await store.Nodes.RegisterAsync(costCenters, fromDay, now, process, cancellationToken);
    }

    public async Task<IReadOnlyList<NodeState>> ReadNodesAsync(
        IReadOnlyList<string> costCenters, DateOnly fromDay, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await EndIfVotedDeadAsync();
        return await store.Nodes.ReadNodesAsync(costCenters, fromDay, now, cancellationToken);
    }

    public async Task<LeaseAnswer> RenewLeaseAsync(LeaseRenewal renewal, CancellationToken cancellationToken)
    {
        await EndIfVotedDeadAsync();
        return await store.RenewLeaseAsync(renewal, cancellationToken);
    }

    public Task<SideState> ReadUserAsync(string costCenter, string user, DateOnly fromDay, CancellationToken cancellationToken) =>
        store.Nodes.ReadUserAsync(costCenter, user, fromDay, cancellationToken);

    public Task<SideState> ReadChildAsync(string child, DateOnly fromDay, CancellationToken cancellationToken) => store.Nodes.ReadChildAsync(child, fromDay, cancellationToken);

    public Task GiveUpAsync(IReadOnlyList<NodeEpoch> nodes, string process, CancellationToken cancellationToken) => store.Nodes.GiveUpAsync(nodes, process, cancellationToken);

    public Task EndLeaseAsync(string process, CancellationToken cancellationToken) => store.EndLeaseAsync(process, cancellationToken);

    private async Task EndIfVotedDeadAsync()
    {
        // It never ran, or it runs.
        if (health.LeaseLeft is var left && (left == TimeSpan.MinValue || left >= TimeSpan.Zero)) return;
        if (services.GetService<IMembershipTable>() is not { } table) return;
        var row = await table.ReadRowAsync(services.GetRequiredService<ILocalSiloDetails>().SiloAddress, CancellationToken.None);
        if (row.Members.All(m => m.Item1.Status != SiloStatus.Dead)) return;
        services.GetRequiredService<IFatalErrorHandler>().OnFatalException(this, "the others have voted this silo dead while it stood still", null);
        throw new LedgerUnavailableException("This silo was voted dead.");
    }
}
