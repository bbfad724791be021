using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.Usage;
using BudgetEngine.Domain.Windows;
using BudgetEngine.Ledger;
using BudgetEngine.Ledger.Alerts;
using BudgetEngine.Ledger.Catalogs;
using BudgetEngine.Ledger.Fence;
using BudgetEngine.Ledger.Moves;
using BudgetEngine.Ledger.Nodes;
using BudgetEngine.Ledger.Records;
using BudgetEngine.Ledger.Reports;
using BudgetEngine.Ledger.Storage;
using BudgetEngine.Ledger.Writer;

namespace BudgetEngine.Simulation.Store;

/// <summary>One process's store on the simulated database. The conformance suite of the real stores holds it to what they do.</summary>
internal sealed partial class SimulatedLedger(SimulatedDatabase database)
    : ILedgerStore, ILedgerRecords, IRecordLookup, ILedgerHousekeeping, ILedgerNodes, ILedgerHolds, ILedgerLeases, ILedgerCatalogs, ILedgerPrices, ILedgerTenants, ILedgerSigningKeys, ILedgerBudgets, ILedgerIncreases,
        ILedgerPauses, ILedgerSpend, ILedgerAudit, ILedgerConsistency, ILedgerEvaluations, ILedgerDeliveries, ILedgerChannels, ILedgerAlerts, ILedgerGrainStates, ILedgerMoves
{
    private const int GraceSeconds = 5;

    private readonly PathCache _paths = new();

    public string Description => "simulated";

    public Task<long> OpenAsync(bool migrate, LedgerUse use, CancellationToken cancellationToken)
    {
        lock (database.Gate) return Task.FromResult(++database.ProcessEpoch);
    }

    public async Task<BatchResult> CommitAsync(LedgerBatch batch, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return await new BatchCommit(batch, _paths).RunAsync(new SimulatedBatch(database), cancellationToken);
            }
            catch (RecordsMovedException moved)
            {
                batch = moved.Rename(batch);
            }
        }
    }

    public Task<UsageRow?> ReadRecordAsync(string tenant, string requestId, CancellationToken cancellationToken)
    {
        lock (database.Gate) return Task.FromResult(database.Usage.GetValueOrDefault(new RequestKey(tenant, requestId))?.Row);
    }

    public async Task<SideState> ReadUserAsync(string costCenter, string user, DateOnly fromDay, CancellationToken cancellationToken)
    {
        await database.StepAsync();
        lock (database.Gate) return SideOf(costCenter, user, fromDay);
    }

    public Task<SideState> ReadChildAsync(string child, DateOnly fromDay, CancellationToken cancellationToken) => ReadUserAsync(child, "", fromDay, cancellationToken);

    public Task<IReadOnlyList<string>> ReadOwnersAsync(DateTimeOffset now, int most, CancellationToken cancellationToken)
    {
        lock (database.Gate)
        {
            var owners = database.Holds.Values.Where(h => h.Deadline > now).GroupBy(h => h.Owner).OrderBy(g => g.Min(h => h.Deadline)).ThenBy(g => g.Key, StringComparer.Ordinal);
            return Task.FromResult<IReadOnlyList<string>>([.. owners.Take(most).Select(g => g.Key)]);
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private NodeState StateOf(string path, (long Epoch, TimeSpan Wait) taken, DateOnly fromDay, DateTimeOffset now)
    {
        var balances = BalancesOf(path, "", fromDay);
        return new NodeState(
            path, database.CostCenters.Contains(path), taken.Epoch, database.NodeVersions.GetValueOrDefault(path), database.Budgets.GetValueOrDefault((path, ""))?.Budget,
            database.Budgets.Keys.Any(k => k.CostCenter == path && k.User.Length > 0),
            [.. database.Increases.Values.Where(i => i.CostCenter == path && i.User is null)], [.. database.Pauses.Values.Where(p => p.CostCenter == path), .. ClosedAt(path)],
            balances.Days, balances.Months,
            [.. database.Holds.Values.Where(h => h.Nodes.Contains(path) && h.Deadline > now.AddSeconds(-GraceSeconds))]) { Wait = taken.Wait };
    }

    private SideState SideOf(string path, string user, DateOnly fromDay)
    {
        var balances = BalancesOf(path, user, fromDay);
        return new SideState(
            database.Budgets.GetValueOrDefault((path, user))?.Budget,
            [.. database.Increases.Values.Where(i => i.CostCenter == path && (i.User ?? "") == user)], balances.Days, balances.Months);
    }

    private (IReadOnlyList<DatedBalance> Days, IReadOnlyList<DatedBalance> Months) BalancesOf(string path, string user, DateOnly fromDay)
    {
        var days = new List<DatedBalance>();
        var months = new List<DatedBalance>();
        foreach (var (key, balance) in database.Balances)
        {
            if (key.CostCenter != path || key.User != user) continue;
            if (key.Period == Period.Monthly) months.Add(new DatedBalance(key.Window, balance));
            else if (key.Window >= fromDay) days.Add(new DatedBalance(key.Window, balance));
        }

        return (days, months);
    }
}
