using System.Runtime.InteropServices;
using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Ledger.Records;

namespace BudgetEngine.Ledger.Writer;

/// <summary>
/// Turns the result of a commit into one update per node: its balances, those of its tracked users and direct children, and what became of holds.
/// A node that submitted a record applies that outcome itself; as an ancestor of others it is told like any other node.
/// </summary>
internal sealed class BatchUpdates
{
    private readonly Dictionary<string, NodeUpdate> _updates = [];
    private readonly Dictionary<string, List<DateBalances>> _balances = [];
    private readonly Dictionary<(string Path, string? Except), Audience> _audiences = [];
    private readonly List<(Submission Submission, Audience Audience)> _waiting = [];
    private readonly CostCenterAliases _aliases;

    public BatchUpdates(BatchResult result)
    {
        _aliases = result.Aliases;
        foreach (var balances in result.Balances)
        {
            ref var list = ref CollectionsMarshal.GetValueRefOrAddDefault(_balances, balances.CostCenter, out _);
            (list ??= []).Add(balances);
        }
    }

    /// <summary>Notes which nodes must hear of a record before it is acknowledged.</summary>
    public void Add(Submission submission, SubmittedRecord record, RecordResult result)
    {
        if (result.Outcome is not (RecordOutcome.Recorded or RecordOutcome.Duplicate)) return;
        var submitter = submission.NotifiesSubmitter ? null : submission.Submitter;
        Tell(_aliases.BookedAt(record.Entry.Row.CostCenter));
        if (result.Elsewhere is { } elsewhere) Tell(elsewhere);
        if (record.Update is not { } hold || (result.Outcome == RecordOutcome.Duplicate && hold.IsOpen)) return;
        var holders = AudienceOf(hold.Owner, submitter);
        WaitFor(submission, holders);
        foreach (var node in holders.Nodes) UpdateOf(node).Add(hold);

        // Of what is booked below it, the submitter itself does not know what its child has spent.
        void Tell(string path) => WaitFor(submission, AudienceOf(path, path == submitter ? submitter : null));
    }

    /// <summary>The balances of a cost center in this commit, after those of earlier parts of a halved batch.</summary>
    public IReadOnlyList<DateBalances> BalancesOf(string costCenter, IReadOnlyList<DateBalances> earlier)
    {
        if (!_balances.TryGetValue(costCenter, out var balances)) return earlier;
        return earlier.Count == 0 ? balances : [.. earlier, .. balances];
    }

    /// <summary>Tells the nodes. Each submission then knows when those that must hear of it have, in this commit and in earlier parts of a halved batch.</summary>
    public void Send(CommitNotifier notifier)
    {
        foreach (var audience in _audiences.Values)
        {
            foreach (var node in audience.Nodes) UpdateOf(node);
        }

        var byPart = _updates.GetAlternateLookup<ReadOnlySpan<char>>();
        foreach (var (node, balances) in _balances)
        {
            _updates.TryGetValue(node, out var own);
            NodeUpdate? above = null;
            if (node.LastIndexOf('/') is > 0 and var end) byPart.TryGetValue(node.AsSpan(0, end), out above);
            foreach (var balance in balances)
            {
                own?.Add(balance);
                if (balance.User is null) above?.Add(balance);
            }
        }

        var notified = new Dictionary<string, Task>(_updates.Count);
        foreach (var (node, update) in _updates) notified.Add(node, notifier.Notify(update));
        foreach (var audience in _audiences.Values) audience.Notified = All(audience.Nodes.Select(n => notified[n]));
        foreach (var (submission, audience) in _waiting)
        {
            if (!audience.Notified.IsCompleted) submission.Notified = All([submission.Notified, audience.Notified]);
        }
    }

    private static Task All(IEnumerable<Task> tasks)
    {
        var open = tasks.Where(t => !t.IsCompleted).Distinct().ToList();
        return open.Count switch { 0 => Task.CompletedTask, 1 => open[0], _ => Task.WhenAll(open) };
    }

    private void WaitFor(Submission submission, Audience audience)
    {
        if (_waiting.Count == 0 || _waiting[^1] != (submission, audience)) _waiting.Add((submission, audience));
    }

    private Audience AudienceOf(string path, string? except)
    {
        ref var audience = ref CollectionsMarshal.GetValueRefOrAddDefault(_audiences, (path, except), out _);
        return audience ??= new Audience([.. CostCenterId.SelfAndAncestors(path).Where(n => n != except)]);
    }

    private NodeUpdate UpdateOf(string node)
    {
        ref var update = ref CollectionsMarshal.GetValueRefOrAddDefault(_updates, node, out _);
        return update ??= new NodeUpdate(node);
    }

    /// <summary>Nodes of one path that are to be told.</summary>
    private sealed class Audience(string[] nodes)
    {
        public string[] Nodes => nodes;

        public Task Notified { get; set; } = Task.CompletedTask;
    }
}
