using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.Usage;
using BudgetEngine.Simulation.Cluster;
using BudgetEngine.Simulation.Workload;

namespace BudgetEngine.Simulation.Checks;

/// <summary>
/// <c>on_expiry: charge</c>: what is booked at a deadline is what was left, not before the deadline, once; and in the end it comes to what records told later, and to nothing where a release
/// was answered.
/// </summary>
internal sealed class Charges(World world)
{
    private readonly Dictionary<string, Charge> _charges = [];
    private readonly Dictionary<(Guid Key, Stamp Attempt), long> _settled = [];

    private sealed class Charge(UsageRow row)
    {
        public UsageRow Row => row;

        public long Net { get; set; } = row.Cost.Nanos;

        /// <summary>What heartbeats have told since.</summary>
        public long Told { get; set; }

        /// <summary>A final record has come since, or a release.</summary>
        public bool IsOver { get; set; }
    }

    /// <summary>A row that the engine makes by itself.</summary>
    public bool IsOwn(UsageRow row) => _charges.ContainsKey(row.Kind == RowKind.Correction ? row.Corrects! : row.RequestId) && (row.Flags & RowFlags.Assumed) != 0;

    public bool IsCharged(ReservationId id) => _charges.ContainsKey(AssumedUsage.IdOf(id.Key, id.Attempt));

    /// <summary>Rows of one transaction. A record of a reservation that is charged in the same one comes after the charge, as the reservation is busy until that is booked.</summary>
    public void Commit(IReadOnlyList<UsageRow> rows)
    {
        foreach (var row in rows)
        {
            if (row.Kind == RowKind.Usage && (row.Flags & RowFlags.Assumed) != 0) Begin(row);
        }

        foreach (var row in rows)
        {
            if (row.Kind == RowKind.Correction && _charges.TryGetValue(row.Corrects!, out var corrected)) TakeBack(corrected, row);
            else if (row.Kind == RowKind.Usage && (row.Flags & RowFlags.Assumed) == 0 && world.TryRead(row.ReservationId, out var id)) Note(id, row);
        }

        foreach (var row in rows)
        {
            if (row.Kind == RowKind.Usage && world.TryRead(row.ReservationId, out var id) && _charges.TryGetValue(AssumedUsage.IdOf(id.Key, id.Attempt), out var charge)) Check(charge);
        }
    }

    /// <summary>A release is answered: nothing stays booked that nobody told.</summary>
    public void CheckReleased(ReservationId id)
    {
        if (!_charges.TryGetValue(AssumedUsage.IdOf(id.Key, id.Attempt), out var charge)) return;
        world.Require(charge.Net == 0, () => $"the release of {id.Key} is answered, and {charge.Net} of its charge stay booked");
    }

    /// <summary>Where nothing is broken, what has expired is charged, to the last nano-unit of what was left.</summary>
    public void CheckDue(Reserved reserved)
    {
        if (world.Plan.LimitsChange || reserved.State != ReservationState.Expired || reserved.Left <= 0 || world.Tree.OnExpiry(reserved.Id.Owner) != ExpiryRule.Charge) return;
        var charge = _charges.GetValueOrDefault(AssumedUsage.IdOf(reserved.Id.Key, reserved.Id.Attempt));
        world.Require(charge?.Row.Cost.Nanos == reserved.Left, () => $"{reserved.Left} of {reserved.Id.Key} were left at its deadline, and {charge?.Row.Cost.Nanos} are charged");
    }

    private void Begin(UsageRow row)
    {
        world.Reach(Sometimes.HoldCharged);
        world.Require(world.TryRead(row.ReservationId, out var id) && row.RequestId == AssumedUsage.IdOf(id.Key, id.Attempt), () => $"a charge of no reservation: {row}");
        world.Require(row.CostCenter == world.Moves.Aliases.BookedAt(id!.Owner) && row.User == id.User && row.BookedDate == id.Date, () => $"{row.RequestId} is booked elsewhere than its reservation: {row}");
        world.Require(world.Plan.Charges && (world.Plan.LimitsChange || world.Tree.OnExpiry(row.CostCenter) == ExpiryRule.Charge), () => $"{row.CostCenter} does not charge, and {row.RequestId} is booked");
        world.Require(row.Cost > Money.Zero, () => $"{row.RequestId} charges {row.Cost.Nanos}");
        world.Require(world.Plan.ClockSteps || world.Now >= world.Watch.DeadlineOf(id), () => $"{row.RequestId} is charged at {world.Now}, before its deadline {world.Watch.DeadlineOf(id)}");
        // Nobody takes a reservation back from the ledger, or settles it, and sees it charged afterwards.
        world.Require(!_settled.ContainsKey((id.Key, id.Attempt)), () => $"{row.RequestId} is charged after a final record of {_settled[(id.Key, id.Attempt)]}");
        _charges.Add(row.RequestId, new Charge(row));
    }

    private void TakeBack(Charge charge, UsageRow row)
    {
        charge.Net += row.Cost.Nanos;
        var released = row.Reason == "released";
        charge.IsOver |= released;
        world.Reach(released ? Sometimes.ChargeReleased : row.RequestId == AssumedUsage.ReturnIdOf(charge.Row.RequestId) ? Sometimes.ChargeTakenBack : Sometimes.ChargePartlyTakenBack);
    }

    private void Note(ReservationId id, UsageRow row)
    {
        if (row.Final) _settled[(id.Key, id.Attempt)] = row.Cost.Nanos;
        if (!_charges.TryGetValue(AssumedUsage.IdOf(id.Key, id.Attempt), out var charge)) return;
        charge.IsOver |= row.Final;
        if (!row.Final) charge.Told += row.Cost.Nanos;
    }

    private void Check(Charge charge)
    {
        var right = charge.IsOver ? 0 : Math.Max(0, charge.Row.Cost.Nanos - charge.Told);
        world.Require(charge.Net == right, () => $"{charge.Row.RequestId} comes to {charge.Net}, and should to {right}: it charged {charge.Row.Cost.Nanos}, and {charge.Told} were told in parts since");
    }
}
