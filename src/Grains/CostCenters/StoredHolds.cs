using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Ledger.Records;

namespace BudgetEngine.Grains.CostCenters;

/// <summary>Holds that outlive an activation: restored when a node comes into memory, handed to the ledger when it leaves.</summary>
internal static class StoredHolds
{
    /// <summary>Puts back every stored hold that names the node: its own reservations, and those of cost centers below it.</summary>
    public static void Restore(CostCenterNode node, IReadOnlyList<DurableHold> holds)
    {
        var now = Moment.Of(node.Services.Clock);
        if (holds.Count > 0) node.Account.MakeRoom(holds.Count);
        if (holds.Count(h => h.Owner == node.Path) is > 0 and var owned) node.Reservations.MakeRoom(owned);
        foreach (var stored in holds)
        {
            var own = stored.Owner == node.Path;
            // Past its deadline it has expired for the owner, or is charged by it while the ancestors still have it; an ancestor keeps it for its grace.
            var lifetime = stored.Deadline - now.Utc;
            if (lifetime <= (own ? node.Charges.AreDue ? -ExpiryCharges.Latest : TimeSpan.Zero : -Account.AncestorGrace)) continue;
            var inherited = IsOfAncestor(stored);
            var ask = new Ask(
                inherited ? AncestorKey(stored.Key, node.Path) : stored.Key, stored.Owner, stored.Attempt, stored.Revision, stored.User, stored.Model, stored.RequestId, stored.Left, null, false, false, false,
                stored.Date, stored.Deadline, lifetime);
            var hold = node.Account.Restore(ask, now, own ? TimeSpan.Zero : Account.AncestorGrace, stored.OverLimit, stored.CreatedAt);
            hold.Inherited |= inherited;
            if (own) node.Reservations.Add(ToReservation(stored, now.MonotonicTicks + lifetime.Ticks));
        }
    }

    /// <summary>
    /// Stores the node's own open reservations, so that they survive a graceful stop; among several processes also what it holds for others, whose owners may
    /// stay where they are. Each node reads those that name it when it comes back.
    /// </summary>
    public static async Task HandOverAsync(CostCenterNode node)
    {
        var stores = new List<Task>();
        foreach (var reservation in node.Reservations.Open.ToList())
        {
            // Settling ones are in the writer's hands already; durable ones are stored as they are.
            if (reservation.Busy || reservation.Durable || node.Account.Find(reservation.Key) is not { } hold) continue;
            // Fenced by the owner's epoch alone: a node that was taken over without knowing it must not hand over what the next activation may have settled.
            var stored = node.ToStored(reservation, hold, durable: false) with { Epochs = node.Epoch == 0 ? [] : [node.Epoch] };
            stores.Add(node.StoreAsync(new HoldChange(reservation.Key, reservation.Attempt, stored), node.Services.Options.PostDeadline));
        }

        if (node.Epoch != 0) stores.AddRange(node.Account.Holds.Where(h => h.Owner != node.Path).ToList().ConvertAll(h => HandOverAsync(node, h)));
        await Task.WhenAll(stores);
    }

    /// <summary>Deletes the rows of holds that the ledger kept for this ancestor and that are over.</summary>
    public static void ForgetEnded(CostCenterNode node)
    {
        while (node.Account.TakeEndedInherited() is { } ended)
        {
            // Nobody waits for the delete. A row that is left behind is read once more at most, and its hold lapses at its deadline.
            _ = node.StoreAsync(new HoldChange(AncestorKey(ended.Key, node.Path), ended.Attempt, null), Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>
    /// Stores what the node holds for an owner below, in a row of its own: of the other ancestors it does not know whether they have granted anything. The owner
    /// does not know of this row, and has one of its own if it stores the reservation itself.
    /// </summary>
    private static Task HandOverAsync(CostCenterNode node, Hold hold)
    {
        var stored = new DurableHold(
            AncestorKey(hold.Key, node.Path), hold.Owner, hold.User, hold.Model, hold.RequestId, Guid.Empty, hold.Attempt, hold.Revision, hold.Date, hold.Left, hold.Left,
            Money.Zero, hold.ExpiresAt - hold.CreatedAt, hold.CreatedAt, hold.ExpiresAt, hold.OverLimit, Durable: false, [node.Path], [node.Epoch]);
        return node.StoreAsync(new HoldChange(stored.Key, hold.Attempt, stored), node.Services.Options.PostDeadline);
    }

    private static bool IsOfAncestor(DurableHold stored) => !stored.Nodes.Contains(stored.Owner);

    /// <summary>The key of the row of one ancestor, for the key of the reservation; and back.</summary>
    private static Guid AncestorKey(Guid key, string ancestor)
    {
        var own = ReservationId.KeyOf(ancestor, "");
        Span<byte> bytes = stackalloc byte[16];
        Span<byte> mask = stackalloc byte[16];
        key.TryWriteBytes(bytes);
        own.TryWriteBytes(mask);
        for (var i = 0; i < bytes.Length; i++) bytes[i] ^= mask[i];
        return new Guid(bytes);
    }

    /// <summary>For a change that grants nothing. It needs no fence: a node that has been loaded again since the grant must not refuse it.</summary>
    public static DurableHold Unfenced(DurableHold hold) => hold with { Epochs = [] };

    /// <summary>The stored row after a settle after which the hold goes on.</summary>
    public static DurableHold After(DurableHold stored, in SettleEffect effect) => Unfenced(stored) with
    {
        Revision = effect.Revision, Left = effect.Left, Settled = effect.Settled, Deadline = effect.ExpiresAt!.Value,
    };

    private static Reservation ToReservation(DurableHold stored, long deadline) => new()
    {
        Key = stored.Key,
        Attempt = stored.Attempt,
        ContentHash = stored.ContentHash,
        User = stored.User,
        Model = stored.Model,
        RequestId = stored.RequestId,
        Date = stored.Date,
        Ttl = stored.Ttl,
        CreatedAt = stored.CreatedAt,
        ExpiresAt = stored.Deadline,
        Deadline = deadline,
        Granted = stored.Granted,
        Settled = stored.Settled,
        OverLimit = stored.OverLimit,
        Stored = true,
        Durable = stored.Durable,
        Epochs = stored.Epochs,
    };
}
