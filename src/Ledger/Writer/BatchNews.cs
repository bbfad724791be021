using BudgetEngine.Domain;

namespace BudgetEngine.Ledger;

/// <summary>
/// Turns the result of a commit into one piece of news per node: its balances, those of its tracked users and direct children, and what became of holds.
/// A node that submitted a record applies that outcome itself; as an ancestor of others it is told like any other node.
/// </summary>
internal sealed class BatchNews
{
    private readonly Dictionary<string, NodeNews> _news = [];
    private readonly Dictionary<string, List<DateBalances>> _balances = [];
    private readonly HashSet<string> _told = [];
    private readonly Dictionary<Submission, HashSet<string>> _nodes = [];

    public BatchNews(BatchResult result)
    {
        foreach (var balances in result.Balances)
        {
            if (!_balances.TryGetValue(balances.CostCenter, out var list)) _balances.Add(balances.CostCenter, list = []);
            list.Add(balances);
        }
    }

    /// <summary>Notes which nodes must hear of a record before it is acknowledged.</summary>
    public void Add(Submission submission, SubmittedRecord record, RecordOutcome outcome)
    {
        if (outcome is not (RecordOutcome.Recorded or RecordOutcome.Duplicate)) return;
        if (!_nodes.TryGetValue(submission, out var nodes)) _nodes.Add(submission, nodes = []);
        // Of a record that is booked below it, the submitter itself does not know what its child has spent.
        var tellsSubmitter = submission.TellsSubmitter;
        var itself = tellsSubmitter || record.Entry.Row.CostCenter != submission.Submitter ? null : submission.Submitter;
        for (var node = record.Entry.Row.CostCenter; node is not null; node = CostCenterId.ParentOf(node))
        {
            if (node != itself) nodes.Add(node);
        }

        if (outcome != RecordOutcome.Recorded || record.News is not { } hold) return;
        for (var node = hold.Owner; node is not null; node = CostCenterId.ParentOf(node))
        {
            if (node == submission.Submitter && !tellsSubmitter) continue;
            nodes.Add(node);
            NewsOf(node).Add(hold);
        }
    }

    /// <summary>The balances of a cost center in this commit, after those of earlier parts of a halved batch.</summary>
    public IReadOnlyList<DateBalances> BalancesOf(string costCenter, IReadOnlyList<DateBalances> earlier)
    {
        if (!_balances.TryGetValue(costCenter, out var balances)) return earlier;
        return earlier.Count == 0 ? balances : [.. earlier, .. balances];
    }

    public ToldNodes Send(NodeTells tells)
    {
        foreach (var nodes in _nodes.Values) _told.UnionWith(nodes);
        foreach (var (node, balances) in _balances)
        {
            foreach (var balance in balances)
            {
                if (_told.Contains(node)) NewsOf(node).Add(balance);
                if (balance.User is null && CostCenterId.ParentOf(node) is { } parent && _told.Contains(parent)) NewsOf(parent).Add(balance);
            }
        }

        var tasks = new Dictionary<string, Task>(_told.Count);
        foreach (var node in _told) tasks.Add(node, tells.Tell(NewsOf(node)));
        return new ToldNodes(tasks, _nodes);
    }

    private NodeNews NewsOf(string node)
    {
        if (!_news.TryGetValue(node, out var news)) _news.Add(node, news = new NodeNews(node));
        return news;
    }
}

/// <summary>The tells of one commit under way.</summary>
internal sealed class ToldNodes(Dictionary<string, Task> tasks, Dictionary<Submission, HashSet<string>> nodes)
{
    /// <summary>Completes when all nodes of the submission have been told, in this commit and in earlier parts of a halved batch.</summary>
    public Task Join(Submission submission)
    {
        if (!nodes.TryGetValue(submission, out var mine)) return submission.Told;
        List<Task>? open = submission.Told.IsCompleted ? null : [submission.Told];
        foreach (var node in mine)
        {
            if (!tasks[node].IsCompleted) (open ??= []).Add(tasks[node]);
        }

        return open is null ? Task.CompletedTask : open.Count == 1 ? open[0] : Task.WhenAll(open);
    }
}
