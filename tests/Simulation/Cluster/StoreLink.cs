using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Domain.Prices;
using BudgetEngine.Domain.Usage;
using BudgetEngine.Ledger;
using BudgetEngine.Ledger.Alerts;
using BudgetEngine.Ledger.Catalogs;
using BudgetEngine.Ledger.Fence;
using BudgetEngine.Ledger.Moves;
using BudgetEngine.Ledger.Nodes;
using BudgetEngine.Ledger.Records;
using BudgetEngine.SimulatedSilo.Scheduling;
using BudgetEngine.Simulation.Checks;
using BudgetEngine.Simulation.Plans;
using BudgetEngine.Simulation.Store;

namespace BudgetEngine.Simulation.Cluster;

/// <summary>
/// A process's connection to the store, which runs on a machine of its own: what was sent goes on when the process dies. Calls are slow, fail before they
/// have an effect, or after it; for a while the store may be out of reach.
/// </summary>
internal sealed partial class StoreLink(World world, SimulatedProcess process, SimulatedLedger store)
    : ILedgerRecords, IRecordLookup, ILedgerNodes, ILedgerLeases, ILedgerCatalogs, ILedgerTenants, ILedgerSigningKeys, ILedgerEvaluations, ILedgerDeliveries, IChannelReader, ILedgerGrainStates, ILedgerMoves
{
    /// <summary>Nothing arrives until then.</summary>
    public bool IsCut { get; set; }

    public Task<BatchResult> CommitAsync(LedgerBatch batch, CancellationToken cancellationToken) =>
        CallAsync(
            writes: true,
            async () =>
            {
                var result = await store.CommitAsync(batch, CancellationToken.None);
                if (result.Holds.Contains(HoldOutcome.StaleEpoch)) world.Reach(Sometimes.StaleEpochRefused);
                if (world.Processes.Find(p => p.Os == process) is not { } committer) return result;
                if (!committer.IsMember) world.Reach(Sometimes.ZombieCommits);
                if (batch.Records.Count > 0) world.Meetings.Committed(committer);
                return result;
            },
            batch.Records.Count > 0 ? Sometimes.CommitWithUnknownOutcome : null);

    public Task<UsageRow?> ReadRecordAsync(string tenant, string requestId, CancellationToken cancellationToken) =>
        CallAsync(writes: false, () => store.ReadRecordAsync(tenant, requestId, CancellationToken.None));

    public Task<IReadOnlyList<NodeState>> ReadNodesAsync(
        IReadOnlyList<string> costCenters, DateOnly fromDay, DateTimeOffset now, CancellationToken cancellationToken) =>
        CallAsync(writes: false, () => store.ReadNodesAsync(costCenters, fromDay, now, CancellationToken.None));

    public Task<IReadOnlyList<NodeState>> RegisterAsync(
        IReadOnlyList<string> costCenters, DateOnly fromDay, DateTimeOffset now, string processName, CancellationToken cancellationToken) =>
        CallAsync(writes: true, () => store.RegisterAsync(costCenters, fromDay, now, processName, CancellationToken.None));

    public Task<SideState> ReadUserAsync(string costCenter, string user, DateOnly fromDay, CancellationToken cancellationToken) =>
        CallAsync(writes: false, () => store.ReadUserAsync(costCenter, user, fromDay, CancellationToken.None));

    public Task<SideState> ReadChildAsync(string child, DateOnly fromDay, CancellationToken cancellationToken) =>
        CallAsync(writes: false, () => store.ReadChildAsync(child, fromDay, CancellationToken.None));

    public Task<LeaseAnswer> RenewLeaseAsync(LeaseRenewal renewal, CancellationToken cancellationToken) =>
        CallAsync(writes: true, () => store.RenewLeaseAsync(renewal, CancellationToken.None));

    public Task GiveUpAsync(IReadOnlyList<NodeEpoch> nodes, string processName, CancellationToken cancellationToken) =>
        CallAsync(writes: true, () => Done(store.GiveUpAsync(nodes, processName, CancellationToken.None)));

    public Task EndLeaseAsync(string processName, CancellationToken cancellationToken) =>
        CallAsync(writes: true, () => Done(store.EndLeaseAsync(processName, CancellationToken.None)));

    public Task<CatalogVersions> ReadCatalogVersionsAsync(CancellationToken cancellationToken) => CallAsync(writes: false, () => store.ReadCatalogVersionsAsync(CancellationToken.None));

    public Task<WrittenCostCenters> ReadWrittenAsync(long? since, int most, CancellationToken cancellationToken) =>
        CallAsync(writes: false, () => store.ReadWrittenAsync(since, most, CancellationToken.None));

    public Task<IReadOnlyList<PriceVersion>> ReadPricesAsync(CancellationToken cancellationToken) => CallAsync(writes: false, () => store.ReadPricesAsync(CancellationToken.None));

    public Task<IReadOnlyList<UntakenModel>> ReadUntakenModelsAsync(CancellationToken cancellationToken) => store.ReadUntakenModelsAsync(CancellationToken.None);

    public Task<Policies> ReadPoliciesAsync(CancellationToken cancellationToken) => CallAsync(writes: false, () => store.ReadPoliciesAsync(CancellationToken.None));

    public Task<IReadOnlyList<StoredKey>> ReadKeysAsync(CancellationToken cancellationToken) => CallAsync(writes: false, () => store.ReadKeysAsync(CancellationToken.None));

    public Task<ReservationSigningKeys> ReadSigningKeysAsync(CancellationToken cancellationToken) => CallAsync(writes: false, () => store.ReadSigningKeysAsync(CancellationToken.None));

    public Task<int> RotateSigningKeyAsync(byte[] secret, DateTimeOffset signsFrom, DateTimeOffset oldVerifyUntil, AdminContext admin, CancellationToken cancellationToken) =>
        CallAsync(writes: true, () => store.RotateSigningKeyAsync(secret, signsFrom, oldVerifyUntil, admin, CancellationToken.None));

    public Task<bool> TakeBackPriceAsync(string model, DateTimeOffset effectiveFrom, AdminContext admin, CancellationToken cancellationToken) =>
        CallAsync(writes: true, () => store.TakeBackPriceAsync(model, effectiveFrom, admin, CancellationToken.None));

    public Task PutPricesAsync(IReadOnlyList<PriceVersion> prices, AdminContext admin, CancellationToken cancellationToken) =>
        CallAsync(writes: true, () => Done(store.PutPricesAsync(prices, admin, CancellationToken.None)));

    public Task<bool> CreateTenantAsync(string tenant, AdminContext admin, CancellationToken cancellationToken) =>
        CallAsync(writes: true, () => store.CreateTenantAsync(tenant, admin, CancellationToken.None));

    public Task<BudgetWriteResult> PutBudgetAsync(
        string costCenter, string? user, Budget budget, TenantSettings? tenant, BudgetPrecondition precondition, AdminContext admin, CancellationToken cancellationToken) =>
        CallAsync(writes: true, () => store.PutBudgetAsync(costCenter, user, budget, tenant is null ? null : _ => tenant, precondition, admin, CancellationToken.None));

    public Task<BudgetWriteResult> DeleteBudgetAsync(
        string costCenter, string? user, BudgetPrecondition precondition, AdminContext admin, CancellationToken cancellationToken) =>
        CallAsync(writes: true, () => store.DeleteBudgetAsync(costCenter, user, precondition, admin, CancellationToken.None));

    public Task<IncreaseWriteResult> PutIncreaseAsync(Increase increase, AdminContext admin, CancellationToken cancellationToken) =>
        CallAsync(writes: true, () => store.PutIncreaseAsync(increase, admin, CancellationToken.None));

    public Task<bool> DeleteIncreaseAsync(string id, string costCenter, AdminContext admin, CancellationToken cancellationToken) =>
        CallAsync(writes: true, () => store.DeleteIncreaseAsync(id, costCenter, admin, CancellationToken.None));

    public Task PutPauseAsync(Pause pause, AdminContext admin, CancellationToken cancellationToken) =>
        CallAsync(writes: true, () => Done(store.PutPauseAsync(pause, admin, CancellationToken.None)));

    public Task<bool> DeletePauseAsync(string costCenter, string? user, string? model, AdminContext admin, CancellationToken cancellationToken) =>
        CallAsync(writes: true, () => store.DeletePauseAsync(costCenter, user, model, admin, CancellationToken.None));

    private static async Task<bool> Done(Task task)
    {
        await task;
        return true;
    }

    private Task<T> CallAsync<T>(bool writes, Func<Task<T>> call, Sometimes? unknown = null) =>
        Task.Factory.StartNew(() => ServeAsync(writes, call, unknown), CancellationToken.None, TaskCreationOptions.DenyChildAttach, world.Outside).Unwrap();

    private async Task<T> ServeAsync<T>(bool writes, Func<Task<T>> call, Sometimes? unknown)
    {
        var (plan, dice) = (world.Faults, world.Dice);
        await BeSlowAsync(plan);
        if (IsCut || (plan is not null && dice.Percent(plan.StoreFailsBefore))) throw await LostAsync("before");
        var result = await call();
        // Slow before the effect, or only the answer.
        await BeSlowAsync(plan);
        if (!writes || (!IsCut && (plan is null || !dice.Percent(plan.StoreFailsAfter)))) return result;
        if (unknown is { } reached) world.Reach(reached);
        world.Log(() => $"{process.Name} loses the answer of the store");
        throw await LostAsync("after");
    }

    private Task BeSlowAsync(RunPlan? plan) => plan is not null && world.Dice.Percent(plan.StoreSlow)
        ? world.DelayAsync(world.Dice.Millis(10, world.Dice.OneIn(4) ? 9_000 : 1_500))
        : Task.CompletedTask;

    private async Task<Exception> LostAsync(string when)
    {
        // The connection breaks at once, or nothing is heard until the time-out of a command.
        await world.DelayAsync(world.Dice.OneIn(2) ? TimeSpan.Zero : world.Dice.Millis(100, 3_000));
        return new LedgerUnavailableException($"The simulation breaks the connection {when} the effect.");
    }
}
