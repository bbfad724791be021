using BudgetEngine.Api.CostCenters.Moves;
using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Ledger;
using BudgetEngine.Ledger.Moves;
using BudgetEngine.Simulation.Checks;
using BudgetEngine.Simulation.Cluster;
using BudgetEngine.Simulation.Plans;

namespace BudgetEngine.Simulation.Workload;

/// <summary>Orders moves of cost centers while they are in use, one after the other: renames, other parents, merges, and back. Sometimes it cancels one, or ends what one waits for.</summary>
internal sealed class Mover(World world, Caller caller)
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(40);

    private static readonly ShareClaim _claim = new(null, CostCenterAliases.Shares);

    private readonly Dice _dice = world.Dice;
    private int _ids;

    private AdminContext Context => new(world.Now, "mover", null);

    public async Task RunAsync()
    {
        for (var i = _dice.Between(1, 3); i > 0; i--)
        {
            await world.DelayAsync(_dice.Millis(1_000, 12_000));
            if (Next() is not { } move) return;
            var job = new MoveJob($"mov_{++_ids}", move, _dice.OneIn(4), null, MoveState.Draining, world.Now, "mover", 0, 0, 0, null, null);
            if (_dice.OneIn(3)) await PreviewAsync(job);
            if (await OrderAsync(job)) await FollowAsync(job);
        }
    }

    private CostCenterMove? Next()
    {
        var nodes = world.Tree.Nodes.Where(n => n != World.Tenant).ToList();
        if (nodes.Count == 0) return null;
        var from = _dice.Of(nodes);
        var parent = _dice.OneIn(2) ? CostCenterId.ParentOf(from)! : _dice.Of(world.Tree.Nodes);
        return new CostCenterMove(from, _dice.OneIn(3) ? _dice.Of(nodes) : $"{parent}/m{_dice.Below(3)}");
    }

    /// <summary>What a move would be about; it changes nothing, and says of each window that it names that it would be over its limit.</summary>
    private async Task PreviewAsync(MoveJob job)
    {
        if (world.AnyServing() is not { } process) return;
        var answer = await caller.AskAsync(process, p => new MovePreview(p.Link, p.Link, p.Nodes, p.Os.Time).ReadAsync(job, _claim, CancellationToken.None));
        if (answer is not { Came: true, Value.Extent: { } extent }) return;
        world.Require(extent.OverLimit.All(o => o.Spent > o.Limit), () => $"a dry run names a window that it would not bring over its limit: {string.Join(' ', extent.OverLimit)}");
        world.Reach(Sometimes.MovePreviewed);
    }

    /// <summary>As the endpoint does, again and again until it is answered. False: it is refused.</summary>
    private async Task<bool> OrderAsync(MoveJob job)
    {
        world.Log(() => $"orders {job.Id}: {job.Move.From} to {job.Move.To}{(job.KeepsHistory ? ", history kept" : "")}");
        var names = world.Moves;
        var wasOrdered = false;
        while (true)
        {
            var answer = await caller.AskAsync(world.AnyServing(), async p =>
            {
                // Whoever hears of the order before it is answered may see its effects.
                if (!wasOrdered) names.Order(job.Move);
                wasOrdered = true;
                var refusal = await p.Link.CreateMoveAsync(job, _claim, Context, CancellationToken.None);
                if (refusal is null) await p.Nodes.RefreshAsync(job.Move.From, null);
                return refusal?.Why;
            });
            if (answer.Came) return Answered(job, answer.Value);
            if (world.Database.Moves.ContainsKey(job.Id)) return Answered(job, null);
            await world.DelayAsync(TimeSpan.FromSeconds(1));
        }
    }

    private bool Answered(MoveJob job, string? refusal)
    {
        world.Log(() => $"{job.Id}: {refusal ?? "accepted"}");
        var isAccepted = world.Database.Moves.ContainsKey(job.Id);
        world.Require(isAccepted || refusal is not null, () => $"{job.Id} is answered as accepted, and the ledger does not have it");
        world.Reach(isAccepted ? Sometimes.MoveAccepted : Sometimes.MoveRefused);
        if (isAccepted) world.Moves.Accept(job.Move);
        return isAccepted;
    }

    /// <summary>Until it has ended, or is left to itself.</summary>
    private async Task FollowAsync(MoveJob job)
    {
        if (world.Database.CostCenters.Contains(job.Move.To)) world.Reach(Sometimes.MoveMerges);
        var until = world.Now + (_dice.OneIn(3) ? _dice.Millis(0, 3_000) : _patience);
        var cancels = _dice.OneIn(5);
        var ends = _dice.OneIn(2);
        while (world.Database.Moves[job.Id].Job.IsOpen && world.Now < until)
        {
            await world.DelayAsync(_dice.Millis(500, 4_000));
            if (world.Database.Moves[job.Id].Job.State != MoveState.Draining) continue;
            if (cancels && _dice.OneIn(2)) await CancelAsync(job);
            else if (ends) await ReleaseAsync(job.Move);
        }

        world.Log(() => $"{job.Id} is {world.Database.Moves[job.Id].Job.State}");
    }

    private async Task CancelAsync(MoveJob job)
    {
        while (true)
        {
            // Repeated, too, it puts in force what is written.
            var answer = await caller.AskAsync(world.AnyServing(), async p =>
            {
                var cancelled = await p.Link.CancelMoveAsync(job.Id, Context, CancellationToken.None);
                await p.Nodes.RefreshAsync(job.Move.From, null);
                return cancelled;
            });
            if (answer is { Came: true, Value: true }) world.Reach(Sometimes.MoveCancelled);
            if (answer.Came) return;
            await world.DelayAsync(TimeSpan.FromSeconds(1));
        }
    }

    /// <summary>As an operator ends the reservations that a move waits for.</summary>
    private async Task ReleaseAsync(CostCenterMove move)
    {
        foreach (var reserved in world.Holders.Values.Where(r => move.Moves(r.Id.Owner) && r.Deadline > world.Now + TimeSpan.FromSeconds(20)).ToList())
        {
            reserved.IsUncertain = true;
            world.ReleaseAsked.Add((reserved.Id.Key, reserved.Id.Attempt));
            world.Reach(Sometimes.MoveWaitsForAReservation);
            await caller.AskAsync(world.AnyServing(), p => p.Checks.ReleaseAsync(reserved.Id, CancellationToken.None));
        }
    }
}
