using BudgetEngine.Grains.Tests.Harness;
using BudgetEngine.Ledger.Fence;
using BudgetEngine.Ledger.Nodes;

namespace BudgetEngine.Grains.Tests.Writer;

/// <summary>Only leases and epochs.</summary>
internal sealed class LeaseStore : ILedgerNodes, ILedgerLeases
{
    public Func<Task> Renew { get; set; } = () => Task.CompletedTask;

    public Func<Task>? AfterRegister { get; set; }

    public IReadOnlyList<NodeEpoch> TakenOver { get; set; } = [];

    public long Born { get; set; } = 1;

    public long Epoch { get; set; } = 1;

    public int Registrations { get; private set; }

    public List<LeaseRenewal> Renewals { get; } = [];

    public List<string> Ended { get; } = [];

    /// <summary>With every statement that gives nodes up: may wait, or throw.</summary>
    public Func<Task>? GiveUp { get; set; }

    public List<IReadOnlyList<NodeEpoch>> GivenUp { get; } = [];

    public async Task<LeaseAnswer> RenewLeaseAsync(LeaseRenewal renewal, CancellationToken cancellationToken)
    {
        Renewals.Add(renewal);
        await Renew().WaitAsync(cancellationToken);
        return new LeaseAnswer(Engine.Start, Born, TakenOver);
    }

    public Task<IReadOnlyList<NodeState>> ReadNodesAsync(
        IReadOnlyList<string> costCenters, DateOnly fromDay, DateTimeOffset now, CancellationToken cancellationToken) =>
        RegisterAsync(costCenters, fromDay, now, "", cancellationToken);

    public async Task<IReadOnlyList<NodeState>> RegisterAsync(
        IReadOnlyList<string> costCenters, DateOnly fromDay, DateTimeOffset now, string process, CancellationToken cancellationToken)
    {
        Registrations++;
        IReadOnlyList<NodeState> states = [.. costCenters.Select(c => new NodeState(c, true, Epoch, 0, null, false, [], [], [], [], []))];
        await (AfterRegister?.Invoke() ?? Task.CompletedTask);
        return states;
    }

    public Task EndLeaseAsync(string process, CancellationToken cancellationToken)
    {
        Ended.Add(process);
        return Task.CompletedTask;
    }

    public async Task GiveUpAsync(IReadOnlyList<NodeEpoch> nodes, string process, CancellationToken cancellationToken)
    {
        GivenUp.Add(nodes);
        await (GiveUp?.Invoke() ?? Task.CompletedTask);
    }

    public Task<SideState> ReadUserAsync(string costCenter, string user, DateOnly fromDay, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<SideState> ReadChildAsync(string child, DateOnly fromDay, CancellationToken cancellationToken) => throw new NotSupportedException();
}
