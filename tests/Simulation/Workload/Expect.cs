using BudgetEngine.Api.Checks;
using BudgetEngine.Api.Usage;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Domain.Usage;
using BudgetEngine.Simulation.Checks;
using BudgetEngine.Simulation.Cluster;

namespace BudgetEngine.Simulation.Workload;

/// <summary>
/// What the answers to one caller must be. Some of it always; in a run in which nothing is broken the life of a reservation is known exactly, but for the
/// moments around its deadline.
/// </summary>
internal static class Expect
{
    private static readonly TimeSpan _around = TimeSpan.FromMilliseconds(500);

    /// <summary>Nothing can go wrong, so that every answer is known.</summary>
    private static bool IsExact(World world, Reserved reserved) => world.Plan is { Calm: true, Restarts: false, MaxPending: > 100 } && !reserved.IsUncertain && !world.Moves.Touches(reserved.Id.Owner);

    /// <param name="wasKnown">When it was asked.</param>
    public static void Decision(World world, CheckCommand command, CheckAnswer answer, bool wasKnown)
    {
        // Where processes are cut off a memory may not have heard of the first usage (invariant 10).
        world.Require(!answer.New || !wasKnown || !world.Plan.Calm || world.Watch.ActivationsOf(command.CostCenter.Path) != 1, () => $"{command.CostCenter} is said to be new, and was known");
        if (answer.New) world.Reach(Sometimes.NewCostCenterAsked);
        if (!answer.Allowed)
        {
            world.Require(answer.ReservationId is null && answer.Granted == Money.Zero, () => $"a denial grants: {answer}");
            world.Reach(answer.Reason switch { "ledger_unavailable" => Sometimes.OutageDenied, "request_id_conflict" => Sometimes.ConflictingReserve, _ => Sometimes.Denied });
            if (answer.Reason == "paused") world.Reach(Sometimes.Paused);
            if (answer.Reason == "rate_limited") world.Reach(Sometimes.RateLimited);
            world.Require(answer.Reason != "ledger_unavailable" || !IsQuiet(world), () => "progress: a check is denied ledger_unavailable, and nothing is broken");
            return;
        }

        var asked = answer.Estimated;
        // A repeat is answered with the reservation as it is, extensions included.
        world.Require(answer.Granted <= asked || command.RequestId is not null, () => $"more is granted than asked for: {answer}");
        if (answer.OverLimit) world.Reach(Sometimes.OverLimitOfASoftBudget);
        if (answer.Degraded) world.Reach(Sometimes.OutageAllowed);
        world.Require((answer.ReservationId is null) == (answer.Degraded || command.DryRun), () => $"a reservation where there should be none, or none: {answer}");
        world.Require(!answer.Degraded || !IsQuiet(world), () => "a check is degraded, and nothing is broken");
        world.Require(!answer.Degraded || MayDegrade(world, command.CostCenter.Path), () => $"a check of {command.CostCenter} is allowed without a hold, and its path has a hard limit: {answer}");
        if (answer.Granted >= asked || answer.Degraded) return;
        // A repeat is answered with what the first was granted, whatever its own least is.
        world.Require(command.RequestId is not null || (command.MinAmount is { } least && answer.Granted >= least), () => $"less is granted than the least: {answer}");
        world.Reach(Sometimes.PartialGrant);
    }

    public static void Repeat(World world, Reserved reserved, CheckAnswer answer, bool conflicts)
    {
        if (!IsExact(world, reserved) || world.Now > reserved.Deadline - _around) return;
        // Others use the same ids: the reservation may have ended by a settle of its other owner, and a new one been made. Its id tells.
        if (conflicts) world.Require(answer.Reason == "request_id_conflict", () => $"the same id with other content, while it is held, is answered {answer}");
        else world.Require(world.TryRead(answer.ReservationId, out var again) && again == reserved.Id && answer.Granted.Nanos == reserved.Granted, () => $"a repeated check is answered {answer}, the first was {reserved.Text} {reserved.Granted}");
        world.Reach(conflicts ? Sometimes.ConflictingReserve : Sometimes.RepeatedReserve);
    }

    public static void Extended(World world, Reserved reserved, Answer<ExtendAnswer> answer, TimeSpan? ttl, Money? amount, DateTimeOffset askedAt)
    {
        if (!answer.Came)
        {
            reserved.IsUncertain = true;
            return;
        }

        var exact = IsExact(world, reserved) && world.Now < reserved.Deadline - _around;
        var extended = answer.Value!;
        if (exact) world.Require(extended.Status == ExtendStatus.Answered, () => $"extend of a held reservation (R5) is answered {extended.Status}");
        if (extended.Decision is not { } decision) return;
        world.Reach(decision.Allowed ? Sometimes.ExtendGranted : Sometimes.ExtendDenied);
        if (exact && amount is null) world.Require(decision.Allowed, () => $"more time alone always passes (R5), but {decision.Reason}");
        if (!decision.Allowed) return;
        reserved.OverLimit |= decision.OverLimit;
        if (amount is { } total)
        {
            world.Require(decision.Granted == total || !exact, () => $"extended to {total.Nanos}, granted {decision.Granted.Nanos}");
            reserved.Left += decision.Granted.Nanos - reserved.Granted;
            reserved.Granted = decision.Granted.Nanos;
        }

        if (ttl is { } time && askedAt + time > reserved.Deadline) reserved.Deadline = askedAt + time;
    }

    public static void Released(World world, Reserved reserved, Answer<ReleaseAnswer> answer)
    {
        var exact = IsExact(world, reserved) && !IsAround(world, reserved);
        Expire(world, reserved);
        if (!answer.Came)
        {
            reserved.IsUncertain = true;
            return;
        }

        var (status, state) = (answer.Value!.Status, answer.Value.State);
        if (exact)
        {
            var right = reserved.State switch
            {
                ReservationState.Held => status == ReleaseStatus.Released && state == ReservationState.Released,
                ReservationState.Settled => status == ReleaseStatus.AlreadySettled || state == default,
                // What was charged is taken back.
                ReservationState.Expired when state == ReservationState.Released => status == ReleaseStatus.Released && world.Books.Charges.IsCharged(reserved.Id),
                _ => status == ReleaseStatus.Released && (state == reserved.State || state == default),
            };
            world.Require(right, () => $"release of what is {reserved.State} (R8, R11, R13) is answered {status} {state}");
        }

        if (status == ReleaseStatus.Released && state == ReservationState.Released && world.Watch.ActivationsOf(reserved.Id.Owner) == 1)
        {
            var stored = world.Database.Holds.GetValueOrDefault(reserved.Id.Key);
            world.Require(stored is null || stored.Attempt > reserved.Id.Attempt, () => $"the release of {reserved.Id.Key} is answered, and the ledger still has its hold");
        }

        if (status == ReleaseStatus.Released && state == ReservationState.Released) world.Books.Charges.CheckReleased(reserved.Id);
        if (status == ReleaseStatus.Released && state == ReservationState.Released && reserved.State == ReservationState.Expired) reserved.State = ReservationState.Released;
        if (status == ReleaseStatus.Unavailable) reserved.IsUncertain = true;
        else if (reserved.State == ReservationState.Held && status == ReleaseStatus.Released) reserved.State = ReservationState.Released;
    }

    /// <summary>At the end: what nobody has ended has expired.</summary>
    public static void Unsettled(World world, Reserved reserved)
    {
        if (!IsExact(world, reserved) || world.Now < reserved.Deadline + _around) return;
        Expire(world, reserved);
        world.Books.Charges.CheckDue(reserved);
    }

    public static void Settled(World world, Reserved reserved, SentRecord record, UsageResult? result, bool repeated)
    {
        if (result is null || repeated || result.Kind != UsageResultKind.Recorded)
        {
            reserved.IsUncertain = true;
            return;
        }

        var exact = IsExact(world, reserved) && !IsAround(world, reserved);
        Expire(world, reserved);
        if (exact) world.Books.Charges.CheckDue(reserved);
        Reach(world, reserved, record, result);
        world.Require(
            (result.Flags & RowFlags.AfterRelease) == 0 || world.ReleaseAsked.Contains((reserved.Id.Key, reserved.Id.Attempt)),
            () => $"{record.Input.RequestId} settles what a caller was allowed and nobody wanted to release, and is flagged {result.Flags}");
        var elsewhere = record.CostCenter != reserved.Id.Owner;
        exact &= !world.Moves.Touches(record.CostCenter);
        var causes = result.Flags & ~(RowFlags.Rounded | RowFlags.Estimated | RowFlags.Unpriced | RowFlags.Late | RowFlags.OtherCostCenter | RowFlags.NewCostCenter | RowFlags.UnknownCostCenter);
        if (exact)
        {
            var expected = CauseOf(reserved, record.Cost);
            // A node without holds may have left memory, and with it what it knew of the end of this one.
            var forgotten = reserved.State != ReservationState.Held && causes == RowFlags.NoReservation;
            world.Require(causes == expected || forgotten, () => $"settle of what is {reserved.State} with {reserved.Left} left at {record.Cost} is flagged {result.Flags}, not {expected} (R6 to R15)");
            world.Require(elsewhere == ((result.Flags & RowFlags.OtherCostCenter) != 0), () => $"{record.Input.RequestId} is booked on {record.CostCenter} and flagged {result.Flags}");
        }

        // A stop in good order hands open reservations over; only those that had ended are forgotten by it.
        if (world.Plan.Calm && !reserved.IsUncertain && reserved.State == ReservationState.Held && !IsAround(world, reserved))
        {
            world.Require((causes & RowFlags.NoReservation) == 0, () => $"{record.Input.RequestId} settles what is held, and is flagged {result.Flags}");
        }

        if (reserved.State != ReservationState.Held) return;
        reserved.Left = record.Input.Final ? 0 : Math.Max(0, reserved.Left - record.Cost);
        if (record.Input.Final) reserved.State = ReservationState.Settled;
        else if (world.Now + reserved.Ttl > reserved.Deadline) reserved.Deadline = world.Now + reserved.Ttl;
    }

    private static void Reach(World world, Reserved reserved, SentRecord record, UsageResult result)
    {
        foreach (var (flag, reached) in new[]
        {
            (RowFlags.AfterExpiry, Sometimes.SettleAfterExpiry), (RowFlags.AfterRelease, Sometimes.SettleAfterRelease), (RowFlags.AfterSettle, Sometimes.SettleTwice),
            (RowFlags.NoReservation, Sometimes.SettleOfForgotten), (RowFlags.OtherCostCenter, Sometimes.SettleUnderAnotherCostCenter), (RowFlags.Underestimated, Sometimes.SettleDearer),
        })
        {
            if ((result.Flags & flag) != 0) world.Reach(reached);
        }

        if (!record.Input.Final) world.Reach(Sometimes.Heartbeat);
        else if (reserved.State == ReservationState.Held && record.Cost < reserved.Left) world.Reach(Sometimes.SettleCheaper);
        if (world.Books.Rows.TryGetValue(record.Input.RequestId!, out var row) && (row.Flags & RowFlags.Late) != 0) world.Reach(Sometimes.SettleOverMidnight);
    }

    private static RowFlags CauseOf(Reserved reserved, long cost) => reserved.State switch
    {
        ReservationState.Held => (cost > reserved.Left ? RowFlags.Underestimated : RowFlags.None) | (reserved.OverLimit && cost > 0 ? RowFlags.OverLimit : RowFlags.None),
        ReservationState.Expired => RowFlags.AfterExpiry,
        ReservationState.Released => cost > 0 ? RowFlags.AfterRelease : RowFlags.None,
        _ => RowFlags.AfterSettle,
    };

    private static void Expire(World world, Reserved reserved)
    {
        if (reserved.State == ReservationState.Held && world.Now >= reserved.Deadline) reserved.State = ReservationState.Expired;
    }

    private static bool IsAround(World world, Reserved reserved) =>
        reserved.State == ReservationState.Held && (world.Now - reserved.Deadline).Duration() <= _around;

    /// <summary>While something is broken: on a path without hard limits, or where a budget of it says so. Known where budgets stay as they are.</summary>
    private static bool MayDegrade(World world, string path)
    {
        if (world.Plan.LimitsChange) return true;
        var budgets = CostCenterId.SelfAndAncestors(path).Select(n => world.Tree.Budgets.GetValueOrDefault(n)).OfType<Budget>().ToList();
        return budgets.Exists(b => b.Inherited.OnOutage == OutageRule.Allow) || !budgets.Exists(b => b.Own is { Enforcement: Enforcement.Hard } own && own.Limits.Any);
    }

    private static bool IsQuiet(World world) => world.Plan is { Calm: true, Restarts: false };
}
