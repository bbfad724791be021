using BudgetEngine.Ledger;
using BudgetEngine.Ledger.Fence;
using BudgetEngine.Ledger.Nodes;
using BudgetEngine.Ledger.Records;
using BudgetEngine.Ledger.Sql;

namespace BudgetEngine.Grains.Tests.Harness;

/// <summary>A store that a test can hold up and break: what is set here happens before or after the real one works.</summary>
public sealed class FaultyStore(ILedgerRecords records, ILedgerNodes nodes, ILedgerLeases leases) : ILedgerRecords, ILedgerNodes, ILedgerLeases
{
    private readonly Lock _lock = new();
    private readonly List<LedgerBatch> _commits = [];
    private readonly List<Gate> _gates = [];
    private readonly List<string> _givenUp = [];

    public FaultyStore(LedgerStore store)
        : this(store.Records, store.Nodes, store.Leases)
    {
    }

    /// <summary>Waits, or throws: the commit then has no effect.</summary>
    public Func<LedgerBatch, Task>? BeforeCommit { get; set; }

    /// <summary>Waits, or throws: the commit has had its effect, but its caller does not know.</summary>
    public Func<LedgerBatch, Task>? AfterCommit { get; set; }

    /// <summary>Of every read of nodes, with what is read: <c>node a/b</c>, <c>user a/b u-1</c>, <c>child a/b</c>.</summary>
    public Func<string, Task>? BeforeRead { get; set; }

    public Func<string, Task>? AfterRead { get; set; }

    /// <summary>What a node is told that the ledger has.</summary>
    public Func<NodeState, NodeState>? Falsify { get; set; }

    /// <summary>Of every renewal of the lease: waits, or throws. After: it has had its effect, but its answer is lost.</summary>
    public Func<Task>? BeforeRenewal { get; set; }

    public Func<Task>? AfterRenewal { get; set; }

    /// <summary>Every batch that arrived, in order, repeats included.</summary>
    public IReadOnlyList<LedgerBatch> Commits
    {
        get
        {
            lock (_lock) return [.. _commits];
        }
    }

    /// <summary>Nodes that this process has given up, in order.</summary>
    public IReadOnlyList<string> GivenUp
    {
        get
        {
            lock (_lock) return [.. _givenUp];
        }
    }

    /// <summary>A gate that is opened at the latest when the engine ends.</summary>
    public Gate NewGate()
    {
        var gate = new Gate();
        _gates.Add(gate);
        return gate;
    }

    /// <summary>Holds every commit from now on until it is opened.</summary>
    public Gate HoldCommits()
    {
        var gate = NewGate();
        BeforeCommit = _ => gate.PassAsync();
        return gate;
    }

    /// <summary>Every commit fails without effect until <see cref="Heal"/>.</summary>
    public void BreakWrites() => BeforeCommit = _ => throw new LedgerUnavailableException("The test broke the ledger.");

    /// <summary>Every read of nodes fails until <see cref="Heal"/>.</summary>
    public void BreakReads() => BeforeRead = _ => throw new LedgerUnavailableException("The test broke the ledger.");

    public void Heal() => (BeforeCommit, AfterCommit, BeforeRead, AfterRead, BeforeRenewal, AfterRenewal) = (null, null, null, null, null, null);

    public void OpenAll() => _gates.ForEach(gate => gate.Open());

    public async Task<BatchResult> CommitAsync(LedgerBatch batch, CancellationToken cancellationToken)
    {
        lock (_lock) _commits.Add(batch);
        if (BeforeCommit is { } before) await before(batch);
        var result = await records.CommitAsync(batch, cancellationToken);
        if (AfterCommit is { } after) await after(batch);
        return result;
    }

    public Task<IReadOnlyList<NodeState>> ReadNodesAsync(
        IReadOnlyList<string> costCenters, DateOnly fromDay, DateTimeOffset now, CancellationToken cancellationToken) =>
        ReadAsync(costCenters, () => nodes.ReadNodesAsync(costCenters, fromDay, now, cancellationToken));

    public Task<IReadOnlyList<NodeState>> RegisterAsync(
        IReadOnlyList<string> costCenters, DateOnly fromDay, DateTimeOffset now, string process, CancellationToken cancellationToken) =>
        ReadAsync(costCenters, () => nodes.RegisterAsync(costCenters, fromDay, now, process, cancellationToken));

    private async Task<IReadOnlyList<NodeState>> ReadAsync(IReadOnlyList<string> costCenters, Func<Task<IReadOnlyList<NodeState>>> read)
    {
        foreach (var costCenter in costCenters) await (BeforeRead?.Invoke($"node {costCenter}") ?? Task.CompletedTask);
        var states = await read();
        foreach (var costCenter in costCenters) await (AfterRead?.Invoke($"node {costCenter}") ?? Task.CompletedTask);
        return Falsify is { } falsify ? [.. states.Select(falsify)] : states;
    }

    public async Task<SideState> ReadUserAsync(string costCenter, string user, DateOnly fromDay, CancellationToken cancellationToken)
    {
        await (BeforeRead?.Invoke($"user {costCenter} {user}") ?? Task.CompletedTask);
        return await nodes.ReadUserAsync(costCenter, user, fromDay, cancellationToken);
    }

    public async Task<SideState> ReadChildAsync(string child, DateOnly fromDay, CancellationToken cancellationToken)
    {
        await (BeforeRead?.Invoke($"child {child}") ?? Task.CompletedTask);
        return await nodes.ReadChildAsync(child, fromDay, cancellationToken);
    }

    public async Task<LeaseAnswer> RenewLeaseAsync(LeaseRenewal renewal, CancellationToken cancellationToken)
    {
        await (BeforeRenewal?.Invoke() ?? Task.CompletedTask);
        var answer = await leases.RenewLeaseAsync(renewal, cancellationToken);
        await (AfterRenewal?.Invoke() ?? Task.CompletedTask);
        return answer;
    }

    public async Task GiveUpAsync(IReadOnlyList<NodeEpoch> given, string process, CancellationToken cancellationToken)
    {
        await nodes.GiveUpAsync(given, process, cancellationToken);
        lock (_lock) _givenUp.AddRange(given.Select(n => n.CostCenter));
    }

    public Task EndLeaseAsync(string process, CancellationToken cancellationToken) => leases.EndLeaseAsync(process, cancellationToken);
}
