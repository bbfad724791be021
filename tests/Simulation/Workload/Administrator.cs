using System.Collections.Immutable;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Domain.Prices;
using BudgetEngine.Domain.Windows;
using BudgetEngine.Ledger;
using BudgetEngine.Ledger.Nodes;
using BudgetEngine.Simulation.Checks;
using BudgetEngine.Simulation.Cluster;
using BudgetEngine.Simulation.Plans;

namespace BudgetEngine.Simulation.Workload;

/// <summary>Sets the tree up, and changes limits, increases, pauses and the zone while it is in use. A write is repeated until it is answered.</summary>
internal sealed class Administrator(World world)
{
    private static readonly string[] _zones = ["Asia/Ho_Chi_Minh", "America/New_York", "Pacific/Apia", "UTC"];

    private readonly Dice _dice = world.Dice;
    private int _ids;

    private AdminContext Context => new(world.Now, "admin", null);

    public async Task SetUpAsync(EngineProcess process)
    {
        var tenant = TenantSettings.New(World.Tenant) with
        {
            RequireLimit = _dice.OneIn(10), DenyNewCostCenters = _dice.OneIn(12) && !world.Plan.CostCenterMoves,
            Calendar = world.Plan.Zones ? TenantCalendar.Of(_dice.Of(_zones)) : TenantCalendar.Utc,
        };
        await process.Link.PutPricesAsync(
            [new PriceVersion(Records.Model, DateTimeOffset.MinValue, Records.Prices, null, [], world.Now)], Context, CancellationToken.None);
        await process.Link.CreateTenantAsync(World.Tenant, Context, CancellationToken.None);
        foreach (var (node, budget) in world.Tree.Budgets)
        {
            await process.Link.PutBudgetAsync(node, null, budget, node == World.Tenant ? tenant : null, BudgetPrecondition.None, Context, CancellationToken.None);
        }

        foreach (var (node, user) in world.Tree.UserKeys)
        {
            await process.Link.PutBudgetAsync(node, user, world.Tree.UserBudgets[(node, user)], null, BudgetPrecondition.None, Context, CancellationToken.None);
        }

        foreach (var channel in world.Receivers.Channels) await process.Link.PutChannelAsync(channel, new ShareClaim(null, Domain.Alerts.Channel.DefaultShares), Context, CancellationToken.None);
        await process.RunAsync(async () =>
        {
            await process.Nodes.RefreshAsync(World.Tenant, null);
            return true;
        });
    }

    public async Task RunAsync()
    {
        for (var i = _dice.Between(2, 6); i > 0; i--)
        {
            await world.DelayAsync(_dice.Millis(500, 9_000));
            if (world.Plan.Zones && _dice.OneIn(3)) await ZoneAsync();
            else if (world.Plan.Admin) await ChangeAsync();
            // A process that cannot read the ledger would not know the new key in time.
            if (world.Plan is { Lies: true, Calm: true } && _dice.OneIn(3)) await RotateAsync();
        }
    }

    private async Task RotateAsync()
    {
        if (world.AnyServing() is not { } process) return;
        var secret = new byte[ReservationSigningKey.SecretLength];
        for (var i = 0; i < secret.Length; i++) secret[i] = (byte)_dice.Below(256);
        await process.Link.RotateSigningKeyAsync(secret, world.Now + TimeSpan.FromSeconds(5), world.Now + TimeSpan.FromDays(30), Context, CancellationToken.None);
        world.Reach(Sometimes.SigningKeyRotated);
    }

    private Task ChangeAsync()
    {
        // Nothing can be set on an old name.
        var node = world.Moves.Aliases.BookedAt(_dice.Of(world.Tree.Nodes));
        var before = world.Database.Budgets.GetValueOrDefault((node, ""))?.Budget;
        switch (_dice.Below(8))
        {
            case 0:
                return PauseAsync(node);
            case 1:
                return IncreaseAsync(node);
            case 2:
                var user = _dice.Of(Tree.Users);
                return WriteAsync(node, user, l => l.PutBudgetAsync(
                    node, user, Budget.Empty with { Own = Tree.LimitsOf(_dice, world.Plan, soft: false) }, null, BudgetPrecondition.None, Context, CancellationToken.None));
            case 3 when before is not null:
                return WriteAsync(node, null, l => l.DeleteBudgetAsync(node, null, BudgetPrecondition.None, Context, CancellationToken.None));
            case 4 or 5 when before is not null:
                return WriteAsync(node, null, l => l.PutBudgetAsync(node, null, Lowered(before), null, BudgetPrecondition.None, Context, CancellationToken.None));
            default:
                var next = Tree.BudgetOf(_dice, world.Plan);
                return WriteAsync(node, null, l => l.PutBudgetAsync(node, null, next, null, BudgetPrecondition.None, Context, CancellationToken.None));
        }
    }

    private Budget Lowered(Budget budget)
    {
        var divisor = _dice.Between(2, 6);
        return budget with { Own = Lowered(budget.Own, divisor), PerUser = budget.PerUser is { } user ? Lowered(user, divisor) : null, PerChild = budget.PerChild is { } child ? Lowered(child, divisor) : null };
    }

    private static LimitSet Lowered(LimitSet set, int divisor)
    {
        var l = set.Limits;
        return set with { Limits = new Limits(Of(l.Daily), Of(l.Weekly), Of(l.Monthly), Of(l.Total)) };

        Money? Of(Money? limit) => limit is { } amount ? new Money(amount.Nanos / divisor) : null;
    }

    private async Task PauseAsync(string node)
    {
        var user = _dice.OneIn(2) ? _dice.Of(Tree.Users) : null;
        await WriteAsync(node, user, async l =>
        {
            await l.PutPauseAsync(new Pause(node, user, null, world.Now + TimeSpan.FromSeconds(_dice.Between(1, 20)), null, "admin", world.Now), Context, CancellationToken.None);
            return true;
        });
        if (_dice.OneIn(2)) await WriteAsync(node, user, l => l.DeletePauseAsync(node, user, null, Context, CancellationToken.None));
    }

    private async Task IncreaseAsync(string node)
    {
        var increase = new Increase(
            $"i{++_ids}", node, _dice.OneIn(3) ? "ann" : null, _dice.Of(Window.Periods), new Money(_dice.Between(5, 60)), world.Now + TimeSpan.FromSeconds(_dice.Between(3, 40)), null, "admin",
            world.Now);
        if (!world.Database.CostCenters.Contains(node)) return;
        await WriteAsync(node, increase.User, l => l.PutIncreaseAsync(increase, Context, CancellationToken.None));
        world.Reach(Sometimes.IncreasePut);
        if (_dice.OneIn(3)) await WriteAsync(node, increase.User, l => l.DeleteIncreaseAsync(increase.Id, node, Context, CancellationToken.None));
    }

    private Task ZoneAsync()
    {
        var known = world.Database.Tenants[World.Tenant];
        var zone = _dice.Of(_zones);
        var budget = world.Database.Budgets.GetValueOrDefault((World.Tenant, ""))?.Budget ?? Budget.Empty;
        world.Reach(Sometimes.ZoneChanged);
        world.Log(() => $"zone {zone}");
        return WriteAsync(World.Tenant, null, l => l.PutBudgetAsync(
            World.Tenant, null, budget, known with { Calendar = known.Calendar.WithZone(zone, world.Now) }, BudgetPrecondition.None, Context, CancellationToken.None));
    }

    /// <summary>As the endpoints do: write, put in force, answer. The bound counts both limits as standing from the first try to the answer.</summary>
    private async Task WriteAsync<T>(string node, string? user, Func<StoreLink, Task<T>> write)
    {
        string[] affected = CostCenterId.ParentOf(node) is { } parent ? [node, parent] : [node];
        world.Bound.BeginChange(affected);
        // Whoever writes may die before the cost center is told to read: it does so by itself.
        var dies = _dice.OneIn(4);
        while (true)
        {
            if (world.AnyServing() is { } process && await TryAsync(process, dies ? null : () => process.Nodes.RefreshAsync(node, user), write)) break;
            await world.DelayAsync(TimeSpan.FromSeconds(1));
        }

        if (dies)
        {
            var version = world.Database.Version;
            while (world.Processes.Any(p => p.IsServing && !(p.Written >= version))) await world.DelayAsync(TimeSpan.FromMilliseconds(100));
            // Where the store fails, what has been looked at may have to be read once more.
            while (!affected.All(Knows)) await world.DelayAsync(TimeSpan.FromMilliseconds(100));
            world.Reach(Sometimes.WriterDied);
        }

        world.Log(() => $"admin changed {node} {user}: {world.Database.Budgets.GetValueOrDefault((node, user ?? ""))?.Budget.Own.Limits}");
        world.Bound.EndChange(affected);
    }

    /// <summary>The activation that answers for it has read what stands in the ledger; or it is not in memory, and reads that first.</summary>
    private bool Knows(string node) => world.Watch.Current(node) is not { } seen || seen.Node.Version >= world.Database.NodeVersions.GetValueOrDefault(node);

    /// <param name="refresh">Null: the cost center is not told.</param>
    private async Task<bool> TryAsync<T>(EngineProcess process, Func<Task>? refresh, Func<StoreLink, Task<T>> write)
    {
        // Whoever is cut off refreshes its own activations only; a person would see it in no dashboard either.
        if (process.IsIsolated || !process.IsMember) return false;
        try
        {
            await process.RunAsync(async () =>
            {
                await write(process.Link);
                if (refresh is not null) await refresh();
                return true;
            }).WaitAsync(TimeSpan.FromSeconds(60), world.Scheduler.Time);
            return !process.IsIsolated && process.IsMember;
        }
        catch (CostCenterMovedException)
        {
            // It was moved meanwhile, and nothing is set there.
            return true;
        }
        catch (Exception unanswered) when (unanswered is TimeoutException or LedgerUnavailableException or LedgerContentionException)
        {
            return false;
        }
    }
}
