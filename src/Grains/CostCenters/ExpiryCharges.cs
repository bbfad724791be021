using BudgetEngine.Domain.Budgets;
using BudgetEngine.Grains.Interfaces.CostCenters;
using BudgetEngine.Ledger;
using BudgetEngine.Ledger.Records;
using BudgetEngine.Ledger.Writer;

namespace BudgetEngine.Grains.CostCenters;

/// <summary>
/// <c>on_expiry: charge</c> at the owner (R9): what a hold has left at its deadline is booked like a settle. From the deadline until the outcome is known the reservation is SETTLING, so what
/// is charged was held all the time.
/// </summary>
/// <param name="changed">Runs after an outcome has been applied.</param>
internal sealed class ExpiryCharges(CostCenterNode node, CostCenterCalls calls, Action changed)
{
    /// <summary>
    /// Later than this after the deadline nothing is charged any more: the process stood still, or the node came back into memory only now, and its ancestors are about to let the hold go, or
    /// have. What is not held at every node could pass a limit.
    /// </summary>
    public static readonly TimeSpan Latest = Account.AncestorGrace - TimeSpan.FromSeconds(1);

    /// <summary>Charges of one submission.</summary>
    private const int MaxTogether = 100;

    private static readonly TimeSpan _retryAfter = TimeSpan.FromSeconds(1);

    private List<Charge>? _due;

    /// <summary>Whether holds of this cost center are charged: by the nearest node at or above that says.</summary>
    public bool AreDue => node.Services.Catalog.Current.Policies.PolicyOf(node.Path).OnExpiry == ExpiryRule.Charge;

    /// <summary>Takes an overdue hold that is to be charged; it does not lapse then. False: it lapses.</summary>
    public bool TryTake(Hold overdue, Moment now)
    {
        if (overdue.Owner != node.Path || !overdue.Left.IsPositive) return false;
        if (node.Reservations.Find(overdue.Key, overdue.Attempt, now) is not { State: ReservationState.Held } reservation) return false;
        // Of one that was sent before the ledger may have a charge: whatever is set now, that is found out.
        if (!reservation.MayBeCharged && (now.MonotonicTicks - reservation.Deadline > Latest.Ticks || !AreDue)) return false;
        (_due ??= []).Add(new Charge(reservation, Record(reservation, overdue, now), SettleEffect.ChargeOf(reservation, overdue.Left), node.Occupy(reservation)));
        reservation.State = ReservationState.Settling;
        return true;
    }

    /// <summary>Sends what was taken. Nobody waits for it, but a node that leaves memory in good order.</summary>
    public void Send()
    {
        if (_due is null) return;
        var due = _due;
        _due = null;
        var most = Math.Min(MaxTogether, node.Services.Options.MaxPending);
        for (var i = 0; i < due.Count; i += most) node.Finish(RunAsync(due.GetRange(i, Math.Min(most, due.Count - i))));
    }

    /// <summary>A release says that nothing was used: what was charged is taken back, if anything was. The outcome as the ledger has it.</summary>
    public async Task<RecordOutcome> TakeBackAsync(Guid key, Stamp attempt, string user, DateOnly date, Moment now)
    {
        var charge = AssumedUsage.IdOf(key, attempt);
        var entry = new RecordEntry(AssumedUsage.Release(node.Path, user, charge, date, now.Utc), Charged: new ChargedHold(charge, node.Path));
        var submission = new Submission(node.Path, [new SubmittedRecord(entry, null)], null, bulk: false);
        if (node.Services.Writer.Submit(submission) != SubmitStatus.Accepted) return RecordOutcome.Unavailable;
        try
        {
            await ToldAsync(submission).WaitAsync(node.Services.Options.PostDeadline, node.Services.Clock);
            return submission.Results[0].Outcome;
        }
        catch (TimeoutException)
        {
            // Nobody waits here any more: what comes of it, the node is told like any other.
            submission.NotifiesSubmitter = true;
            node.Services.Writer.TryWithdraw(submission);
            return RecordOutcome.Unavailable;
        }
    }

    private async Task ToldAsync(Submission submission)
    {
        await submission.Committed;
        node.Learn(submission.Balances);
        await submission.Notified;
    }

    private SubmittedRecord Record(Reservation reservation, Hold hold, Moment now)
    {
        var id = new ReservationId(node.Path, reservation.User, reservation.Date, reservation.Attempt, reservation.Key);
        var row = AssumedUsage.Charge(
            reservation, node.Path, hold.Left, node.Services.Catalog.Current.SigningKeys.Write(id, now.Utc), node.Tenant.Calendar.DateOf(now.Utc), now.Utc);
        // A node that stops while the charge waits for the ledger may hand the hold over in the same batch.
        var end = new HoldChange(reservation.Key, reservation.Attempt, null);
        var guard = new ChargeGuard(reservation.Key, reservation.Attempt, node.Path, node.Epoch, reservation.Stored);
        return new SubmittedRecord(new RecordEntry(row, end, guard), new HoldUpdate(node.Path, SettleEffect.ChargeOf(reservation, hold.Left), IsOpen: false));
    }

    private async Task RunAsync(List<Charge> charges)
    {
        // The node may leave memory before the outcome comes, so it is told like any other.
        var submission = new Submission(node.Path, charges.ConvertAll(c => c.Record), null, bulk: false) { NotifiesSubmitter = true };
        var over = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        try
        {
            if (node.Ancestors.Length > 0) _ = KeepAsync(charges.ConvertAll(c => c.Reservation), over.Task);
            var status = node.Services.Writer.Submit(submission);
            while (status == SubmitStatus.Overloaded)
            {
                await Task.Delay(_retryAfter, node.Services.Clock);
                status = node.Services.Writer.Submit(submission);
            }

            if (status == SubmitStatus.Accepted) await submission.Committed;
            Apply(charges, status == SubmitStatus.Accepted ? submission : null);
        }
        finally
        {
            over.TrySetResult();
            foreach (var charge in charges) charge.Busy.Dispose();
        }

        changed();
    }

    /// <summary>Nearly always the outcome is there long before the ancestors' own grace ends: the first second is waited for.</summary>
    private async Task KeepAsync(List<Reservation> charged, Task over)
    {
        await OverAsync(over).AtMostAsync(_retryAfter, node.Services.Clock);
        if (!over.IsCompleted) await node.KeepAtAncestorsAsync(calls, charged, over);
    }

    // `WaitAsync` directly on the task of a `TaskCompletionSource` completes on the thread pool and would break determinism.
    private static async Task OverAsync(Task over) => await over;

    /// <summary>One turn: the balances, then the ends of the holds.</summary>
    /// <param name="submission">Null: the process is stopping, and nothing was sent.</param>
    private void Apply(List<Charge> charges, Submission? submission)
    {
        var now = Moment.Of(node.Services.Clock);
        if (submission is not null) node.Learn(submission.Balances);
        for (var i = 0; i < charges.Count; i++)
        {
            var (reservation, outcome) = (charges[i].Reservation, submission?.Results[i].Outcome ?? RecordOutcome.Unavailable);
            reservation.State = ReservationState.Held;
            switch (outcome)
            {
                case RecordOutcome.Recorded or RecordOutcome.Duplicate:
                    charges[i].Effect.ApplyTo(node.Account, node.Reservations, reservation, now);
                    charges[i].Busy.Free();
                    break;
                case RecordOutcome.Unavailable:
                    reservation.MayBeCharged |= submission is not null;
                    charges[i].Busy.Free();
                    if (node.Account.Find(reservation.Key) is { } hold) node.Account.SetDeadline(hold, hold.ExpiresAt, now.MonotonicTicks + _retryAfter.Ticks);
                    break;
                default:
                    node.Account.End(reservation.Key, reservation.Attempt, now, remember: false);
                    node.Lapse(reservation, now);
                    charges[i].Busy.Free();
                    break;
            }
        }
    }

    /// <summary>One reservation that is being charged.</summary>
    private readonly record struct Charge(Reservation Reservation, SubmittedRecord Record, SettleEffect Effect, Occupation Busy);
}
