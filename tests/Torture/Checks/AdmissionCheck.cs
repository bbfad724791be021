using BudgetEngine.TestKit.Engine;
using BudgetEngine.Torture.Traffic;

namespace BudgetEngine.Torture.Checks;

/// <summary>Invariants 1, 4 and 11, once a round has ended: no phantom holds, and nothing above a limit but what its rows are flagged for.</summary>
internal sealed class AdmissionCheck(Caller caller, Places places, Action<string> violated)
{
    private const int Grace = 5_000;

    /// <summary>What counts in the bound with its whole cost; <c>underestimated</c> counts with what passes the grant.</summary>
    private static readonly string[] _causes = ["after_expiry", "after_release", "after_settle", "no_reservation", "other_cost_center", "over_limit"];

    /// <summary>Waits until the last short deadline has passed by 5 s, then looks: no hold may be left anywhere.</summary>
    public async Task NoPhantomsAsync(long lastDeadline)
    {
        if (lastDeadline + Grace - Environment.TickCount64 is var rest and > 0) await Task.Delay((int)rest);
        foreach (var leaf in places.Leaves())
        {
            var held = (await caller.LimitsAsync(leaf)).Where(w => w.Held != 0).ToList();
            if (held.Count == 0) continue;
            var open = await caller.GetAsync($"/v1/reservations?cost_center={leaf}");
            violated($"a phantom hold at {leaf}: {string.Join("; ", held)}; open there: {open.Text}");
        }
    }

    /// <param name="lost">What a node may have held in the memory of a process that died, or lost the node, without handing it over; null: nothing.</param>
    public async Task BoundAsync(List<Row> rows, History history, bool timeMoved, Func<string, long>? lost = null)
    {
        foreach (var node in places.Durable.Concat(places.Open).Append(places.Lenient))
        {
            var below = rows.Where(r => r.CostCenter.StartsWith(node + "/", StringComparison.Ordinal)).ToList();
            var window = await caller.LimitAsync(node, "total");
            var (spent, flagged) = (below.Sum(r => r.Cost), Flagged(below, history));
            if (window.Spent != spent) violated($"{window}, its rows are {spent}");
            var forgotten = lost?.Invoke(node) ?? 0;
            if (spent > window.Limit + flagged + forgotten) violated($"above its bound: {window}; flagged {flagged}; lost with a process {forgotten}");
            if (timeMoved || !places.Durable.Contains(node)) continue;
            // Everything here was reserved, settled within the grant and in time: no row has a reason to pass a limit.
            foreach (var row in below.Where(r => r.Flags.Any(f => f != "late"))) violated($"{row.RequestId} of {row.CostCenter} is flagged {string.Join(",", row.Flags)}");
        }
    }

    private static long Flagged(List<Row> rows, History history)
    {
        var sum = 0L;
        var grants = history.Grants.Where(g => g.ReservationId is not null).DistinctBy(g => g.ReservationId).ToDictionary(g => g.ReservationId!, g => g.Amount);
        foreach (var reservation in rows.GroupBy(r => history.Records.TryGetValue(r.RequestId, out var sent) ? sent.Reservation : null))
        {
            var all = reservation.ToList();
            var whole = all.Where(r => r.Flags.Intersect(_causes).Any() || (r.Corrects is not null && r.Cost > 0)).ToList();
            sum += whole.Sum(r => Math.Max(0, r.Cost));
            if (reservation.Key is not { } id || !all.Any(r => r.Flags.Contains("underestimated"))) continue;
            sum += Math.Max(0, all.Except(whole).Where(r => r.Corrects is null).Sum(r => r.Cost) - grants.GetValueOrDefault(id));
        }

        return sum;
    }
}
