using BudgetEngine.Api.Keys;
using BudgetEngine.Api.Usage;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Domain.Usage;
using BudgetEngine.Simulation.Checks;
using BudgetEngine.Simulation.Cluster;
using BudgetEngine.Simulation.Plans;
using BudgetEngine.TestKit.Engine;

namespace BudgetEngine.Simulation.Workload;

/// <summary>
/// A caller that lies: it has the ids of everybody's reservations, knows how ids are built, and lacks the installation's keys. Nothing of an id that it has made
/// up is believed but the cost center, which it could have named without one (R18); and an id of another subtree is no id to it.
/// </summary>
internal sealed class Liar(World world, Records records, Caller caller)
{
    private readonly Dice _dice = world.Dice;
    private SentRecord? _last;

    public async Task RunAsync(int commands)
    {
        for (var i = 0; i < commands; i++)
        {
            await world.DelayAsync(_dice.Millis(0, 4_000));
            if (world.Holders.Count == 0) continue;
            var victim = _dice.Of(world.Holders.Values.ToList());
            if (_dice.OneIn(4)) await StealAsync(victim);
            else await ForgeAsync(victim);
        }
    }

    private async Task ForgeAsync(Reserved victim)
    {
        var forged = Forged(ForgedId.Of(victim.Text));
        var text = _dice.OneIn(8) ? forged.Unsigned() : forged.ToString();
        if (text == victim.Text) return;
        world.Log(() => $"the liar has {forged} of {victim.Id.Key}");
        if (_dice.OneIn(3)) Refuse(text);
        else await SettleAsync(text, forged.Owner);
    }

    /// <summary>One thing is another, or several.</summary>
    private ForgedId Forged(ForgedId id)
    {
        do
        {
            id = _dice.Below(8) switch
            {
                0 => id with { Attempt = id.Attempt + _dice.Between(1, 40) },
                1 => id with { Attempt = Math.Max(0, id.Attempt - _dice.Between(1, 40)) },
                2 => id with { Attempt = long.MaxValue },
                3 => id with { Day = id.Day + _dice.Of([-1, 1]) },
                4 => id with { User = _dice.Of(Tree.Users) },
                5 => id with { Owner = _dice.Of(world.Tree.Nodes) },
                6 => id with { Key = _dice.Of(world.Holders.Keys.ToList()).Key },
                _ => id with { SigningKey = (ushort)_dice.Below(3) },
            };
        }
        while (_dice.OneIn(3));
        return id;
    }

    /// <summary>To look, to extend and to release begin with reading the id, at whichever process.</summary>
    private void Refuse(string text)
    {
        if (world.AnyServing() is not { } process) return;
        world.Require(!process.Checks.TryRead(text, new Subtree(null), out var id), () => $"a forged id is believed: {id}");
        world.Reach(Sometimes.ForgedIdRefused);
    }

    /// <summary>New usage, or a repeat of what is recorded, under a forged id: it is booked as if no id were there.</summary>
    private Task SettleAsync(string text, string owner)
    {
        if (_last is { } last && _dice.OneIn(4))
        {
            var repeat = last with { Input = last.Input with { ReservationId = text, CostCenter = last.CostCenter } };
            return caller.PostAsync([last.Input.CostCenter is null ? last : repeat], null);
        }

        var (cost, user) = (_dice.Between(0, 20), _dice.OneIn(2) ? _dice.Of(Tree.Users) : null);
        var input = new UsageInput
        {
            RequestId = records.NewId("f"), ReservationId = text, CostCenter = _dice.OneIn(2) ? _dice.Of(world.Tree.Nodes) : null, User = user, Final = !_dice.OneIn(4),
            Cost = (decimal)cost / Money.NanosPerUnit,
        };
        _last = new SentRecord(input, cost, input.CostCenter ?? owner, user ?? UsageRow.AnonymousUser, null);
        return caller.PostAsync([_last], (result, _) =>
        {
            if (result is not { Kind: UsageResultKind.Recorded }) return;
            world.Require((result.Flags & RowFlags.NoReservation) != 0, () => $"{input.RequestId} names a forged id, and is flagged {result.Flags}");
            world.Reach(Sometimes.ForgedIdSettled);
        });
    }

    /// <summary>A true id, by a key of a subtree in which its owner is not.</summary>
    private async Task StealAsync(Reserved victim)
    {
        var elsewhere = world.Tree.Nodes.Where(n => !CostCenterId.IsWithin(victim.Id.Owner, n)).ToList();
        // What is moved is in the subtree of the one key at first, and in that of another at last.
        if (elsewhere.Count == 0 || world.Moves.Touches(victim.Id.Owner)) return;
        var own = _dice.Of(elsewhere);
        // Nobody has sent this, as far as the books know: a row of it is a violation.
        var input = new UsageInput { RequestId = records.NewId("s"), ReservationId = victim.Text, CostCenter = _dice.OneIn(2) ? own : null, Cost = 0 };
        var answer = await caller.AskAsync(world.AnyServing(), p => p.Usage.PostAsync([input], new Subtree(own), false, CancellationToken.None));
        if (!answer.Came) return;
        world.Require(answer.Value![0].Kind == UsageResultKind.Rejected, () => $"the id of {victim.Id.Owner} is taken from a key of {own}: {answer.Value[0]}");
        world.Reach(Sometimes.StolenIdRefused);
    }
}
