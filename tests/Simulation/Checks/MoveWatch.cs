using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Domain.Usage;
using BudgetEngine.Ledger.Moves;
using BudgetEngine.Simulation.Cluster;

namespace BudgetEngine.Simulation.Checks;

/// <summary>Follows the moves of a run: which names a cost center has had, and where every row counts.</summary>
internal sealed class MoveWatch(World world)
{
    private readonly List<(MoveJob Job, DateTimeOffset At)> _moved = [];
    private readonly List<CostCenterMove> _ordered = [];
    private readonly List<CostCenterAliases> _aliases = [CostCenterAliases.None];
    private readonly HashSet<string> _changing = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _runners = [];

    /// <summary>Aliases as they stand now.</summary>
    public CostCenterAliases Aliases => _aliases[^1];

    /// <summary>True from the order of a move on for both of its places and all that is at or below them.</summary>
    public bool Touches(string path) => _ordered.Exists(m => m.Moves(path) || CostCenterId.IsWithin(path, m.To));

    /// <summary>It was moved away after that instant, even if it is back.</summary>
    public bool HasMovedSince(string path, DateTimeOffset instant) => _moved.Exists(m => m.Job.Move.Moves(path) && m.At >= instant);

    /// <summary>Every name under which what was sent for a cost center may be, from then on.</summary>
    public IReadOnlySet<string> NamesOf(string path)
    {
        HashSet<string> names = new(StringComparer.Ordinal) { path };
        foreach (var aliases in _aliases) names.UnionWith(names.Select(aliases.BookedAt).ToList());
        names.UnionWith(_ordered.SelectMany(m => names.Where(m.Moves).Select(m.NewNameOf)).ToList());
        return names;
    }

    /// <summary>What is sent for the one may be what is sent for the other.</summary>
    public bool AreOne(string a, string b) => NamesOf(a).Overlaps(NamesOf(b));

    /// <summary>Somebody wants it.</summary>
    public void Order(CostCenterMove move) => _ordered.Add(move);

    /// <summary>Callers use the new names from here on.</summary>
    public void Accept(CostCenterMove move)
    {
        foreach (var list in (List<string>[])[world.Tree.Nodes, world.Tree.Leaves])
        {
            foreach (var path in list.Where(move.Moves).Select(move.NewNameOf).Except(list).Where(p => CostCenterId.DepthOf(p) <= CostCenterId.MaxSegments).ToList()) list.Add(path);
        }
    }

    public void Claim(MoveJob job, string process)
    {
        if (_runners.TryGetValue(job.Id, out var before) && before != process) world.Reach(Sometimes.MoveGoneOnWithByAnother);
        _runners[job.Id] = process;
    }

    /// <summary>In the transaction that moves.</summary>
    public void CutOver(MoveJob job)
    {
        var move = job.Move;
        world.Log(() => $"moved {move.From} to {move.To}{(job.KeepsHistory ? ", history kept" : "")}");
        _moved.Add((job, world.Now));
        _aliases.Add(world.Database.AliasesNow());
        string[] changed = [.. MoveObstacles.PathsOf(move).Concat(world.Database.CostCenters.Where(c => move.Moves(c) || CostCenterId.IsWithin(c, move.To))).Distinct()];
        if (_changing.Add(job.Id)) world.Bound.BeginChange(_changes[job.Id] = changed);
        world.Books.Move(job);
        world.Alerts.Move(job);
        world.Reach(job.KeepsHistory ? Sometimes.MoveKeptHistory : Sometimes.MoveTookHistory);
    }

    private readonly Dictionary<string, string[]> _changes = [];

    /// <summary>A step of a job is in the ledger.</summary>
    public void Note(MoveJob job)
    {
        if (job.State == MoveState.Renaming && job.RowsDone > 0) world.Reach(Sometimes.MoveRenamesInSteps);
        if (job.State is MoveState.Renaming or MoveState.Done && _changing.Remove(job.Id)) world.Bound.EndChange(_changes[job.Id]);
        if (job.State == MoveState.Done) world.Reach(Sometimes.MoveDone);
    }

    /// <summary>Every move has ended, and what it left is as it should be.</summary>
    public void CheckEnded()
    {
        foreach (var job in world.Database.Moves.Values.Select(m => m.Job))
        {
            world.Require(!job.IsOpen, () => $"a move ends: {job} is open, and nothing is broken");
            world.Require(job.State != MoveState.Done || job.RowsDone == job.RowsTotal, () => $"{job} is done");
        }

        // What was moved with its history is nowhere under its old name.
        foreach (var alias in Aliases.All.Where(a => !a.KeepsHistory))
        {
            foreach (var row in world.Database.Usage.Values.Select(r => r.Row)) world.Require(!alias.Move.Moves(row.CostCenter), () => $"{row.RequestId} has its old name {row.CostCenter} still");
            foreach (var (key, balance) in world.Database.Balances) world.Require(!alias.Move.Moves(key.CostCenter) || balance is { Spent.Nanos: 0, Requests: 0 }, () => $"{key} is an old name, and has {balance}");
            foreach (var key in world.Database.Budgets.Keys) world.Require(!alias.Move.Moves(key.CostCenter), () => $"{key} is a budget of an old name");
        }
    }
}
