using BudgetEngine.Domain;
using BudgetEngine.Ledger;

namespace BudgetEngine.Grains;

/// <summary>Holds that outlive an activation: restored when a node comes into memory, handed to the ledger when it leaves.</summary>
internal static class StoredHolds
{
    /// <summary>Puts back every stored hold that names the node: its own reservations, and those of cost centers below it.</summary>
    public static void Restore(CostCenterNode node, IReadOnlyList<DurableHold> holds)
    {
        var now = Moment.Of(node.Services.Clock);
        foreach (var stored in holds)
        {
            var own = stored.Owner == node.Path;
            // Its owner's deadline has passed: for the owner it has expired; an ancestor keeps it a little longer.
            var lifetime = stored.Deadline - now.Utc;
            if (lifetime <= (own ? TimeSpan.Zero : -Account.AncestorGrace)) continue;
            var ask = new Ask(
                stored.Key, stored.Owner, stored.Attempt, stored.Revision, stored.User, stored.Model, stored.RequestId, stored.Left, null, false, false, false,
                stored.Date, stored.Deadline, lifetime);
            node.Account.Restore(ask, now, own ? TimeSpan.Zero : Account.AncestorGrace, stored.OverLimit);
            if (own) node.Reservations.Add(ToReservation(stored, now.Ticks + lifetime.Ticks));
        }
    }

    /// <summary>Stores the node's own open reservations, so that they survive a graceful stop. Each node reads those that name it when it comes back.</summary>
    public static async Task HandOverAsync(CostCenterNode node)
    {
        var stores = new List<Task>();
        foreach (var reservation in node.Reservations.Open.ToList())
        {
            // Settling ones are in the writer's hands already; durable ones are stored as they are.
            if (reservation.Busy || reservation.Durable || node.Account.Find(reservation.Key) is not { } hold) continue;
            // Fenced by the owner's epoch alone: a node that was taken over unnoticed must not hand over what the next one may have settled meanwhile.
            var stored = node.ToStored(reservation, hold, durable: false) with { Epochs = node.Epoch == 0 ? [] : [node.Epoch] };
            stores.Add(node.StoreAsync(new HoldChange(reservation.Key, reservation.Attempt, stored), node.Services.Options.PostDeadline));
        }

        await Task.WhenAll(stores);
    }

    /// <summary>For a change that grants nothing: it needs no fence, and a node that has been in memory anew since the grant must not refuse it.</summary>
    public static DurableHold Unfenced(DurableHold hold) => hold with { Epochs = [] };

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
