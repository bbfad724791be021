using System.Data.Common;
using BudgetEngine.Ledger.Sql;
using BudgetEngine.Ledger.Tests.Conformance;
using BudgetEngine.Simulation.Store;
using Xunit.Abstractions;

namespace BudgetEngine.Ledger.Tests.Harness;

/// <summary>The store of the simulation. It keeps no keys and no reports and deletes no rows, so the suites of those do not run on it.</summary>
public sealed class SimulatedHost : LedgerHost
{
    private readonly SimulatedDatabase _database = new(TimeProvider.System);

    public override LedgerOptions Options => throw new NotSupportedException("The simulated store has no options.");

    public override bool SeveralProcesses => true;

    public override Task<long> CountAsync(string table) => Task.FromResult<long>(table switch
    {
        "node_takeovers" => _database.TakeOvers.Count,
        "durable_holds" => _database.Holds.Count,
        "durable_hold_nodes" => _database.Holds.Values.Sum(h => h.Nodes.Distinct().Count()),
        _ => throw new ArgumentException($"There is no table {table}.", nameof(table)),
    });

    public override Task ShiftLeaseAsync(string process, TimeSpan by)
    {
        lock (_database.Gate) _database.Leases[process] = _database.Leases[process] with { RenewedAt = _database.Leases[process].RenewedAt + by };
        return Task.CompletedTask;
    }

    public override Task ShiftWaitsAsync(TimeSpan by)
    {
        lock (_database.Gate)
        {
            foreach (var (node, epoch) in _database.Epochs.ToList()) _database.Epochs[node] = epoch with { WaitUntil = epoch.WaitUntil + by };
        }

        return Task.CompletedTask;
    }

    protected override StoreUnderTest CreateStore() => new(new SimulatedLedger(_database));

    public override Task<DbConnection> ConnectAsync() => throw new NotSupportedException("The simulated store speaks no SQL.");
}

public sealed class SimulatedRecords(ITestOutputHelper output) : RecordSuite(new SimulatedHost(), output);

public sealed class SimulatedCorrections(ITestOutputHelper output) : CorrectionSuite(new SimulatedHost(), output);

public sealed class SimulatedHolds(ITestOutputHelper output) : HoldSuite(new SimulatedHost(), output);

public sealed class SimulatedCharges(ITestOutputHelper output) : ChargeSuite(new SimulatedHost(), output);

public sealed class SimulatedFence(ITestOutputHelper output) : FenceSuite(new SimulatedHost(), output);

public sealed class SimulatedBudgets(ITestOutputHelper output) : BudgetSuite(new SimulatedHost(), output);

public sealed class SimulatedUsers(ITestOutputHelper output) : UserSuite(new SimulatedHost(), output);

public sealed class SimulatedCatalogs(ITestOutputHelper output) : CatalogSuite(new SimulatedHost(), output);

public sealed class SimulatedSigningKeys(ITestOutputHelper output) : SigningKeySuite(new SimulatedHost(), output);

public sealed class SimulatedMoves(ITestOutputHelper output) : MoveRuleSuite(new SimulatedHost(), output);

public sealed class SimulatedRandom(ITestOutputHelper output) : RandomSuite(new SimulatedHost(), output);

public sealed class SimulatedConcurrency(ITestOutputHelper output) : ConcurrencySuite(new SimulatedHost(), output);
