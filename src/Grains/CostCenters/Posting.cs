using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.Usage;
using BudgetEngine.Grains.Interfaces.CostCenters;
using BudgetEngine.Grains.Interfaces.Usage;
using BudgetEngine.Ledger.Records;
using BudgetEngine.Ledger.Writer;

namespace BudgetEngine.Grains.CostCenters;

/// <summary>
/// Records of one call on their way through the ledger. From <see cref="Add"/> until the outcome is known the reservations that they settle are SETTLING; then
/// balances and the ends of holds are applied in one turn.
/// </summary>
internal sealed class Posting(CostCenterNode node, CostCenterCalls calls, bool bulk, PostResult[] results) : IDisposable
{
    private readonly List<SubmittedRecord> _records = [];
    private readonly List<Line> _lines = [];
    private Submission? _submission;
    private bool _givenUp;
    private TaskCompletionSource? _kept;
    private long _firstDeadline = long.MaxValue;

    public int Count => _records.Count;

    /// <summary>Completes when everything is durable, applied, and told to the other nodes.</summary>
    public Task Finished { get; private set; } = Task.CompletedTask;

    /// <summary>Completes when everything is durable and applied here.</summary>
    private Task Applied { get; set; } = Task.CompletedTask;

    /// <summary>Adds a record; its reservation, if any, must not be busy.</summary>
    public void Add(int index, UsageMessage message, Moment now)
    {
        var line = new Line(index, message.Row);
        if (message.Reservation is not { } settles)
        {
            Add(line, message.Row with { RecordedAt = now.Utc }, null, null, null);
            return;
        }

        var claim = settles.Claim();
        var reservation = node.Reservations.Find(claim, now);
        var hold = node.Account.Find(settles.Key);
        var settlement = Settlement.Of(reservation, hold?.Left ?? Money.Zero, message.Row.Cost, message.Row.Final);
        // What was sent for an unknown cost center may be booked here: it was sent for another all the same.
        var isOther = message.Row.CostCenter != node.Path || (message.Row.Flags & RowFlags.UnknownCostCenter) != 0;
        var flags = message.Row.Flags | settlement.Flags | (isOther ? RowFlags.OtherCostCenter : RowFlags.None);
        var row = message.Row with { RecordedAt = now.Utc, Flags = flags };
        // Nothing can have been charged of what only this memory has and still holds: most settles ask the ledger nothing more.
        var charged = settlement.Settles && reservation is { Stored: false, MayBeCharged: false } ? null : new ChargedHold(AssumedUsage.IdOf(claim.Key, claim.Attempt), settles.Owner);
        if (settlement.Settles) Settle(line, row, reservation!, settlement, charged, now);
        else if (settlement.Ends && node.MayHaveLeft(claim, now)) EndForgotten(line, row, settles.Owner, SettleEffect.EndOf(claim.Key, claim.Attempt, row.TokensUsed()), charged);
        else Add(line, row, null, null, charged);
    }

    /// <summary>Hands the records to the writer.</summary>
    public void Send()
    {
        _submission = new Submission(node.Path, _records, null, bulk);
        var status = node.Services.Writer.Submit(_submission);
        if (status == SubmitStatus.Accepted)
        {
            Applied = ApplyAsync(_submission);
            Finished = FinishAsync(_submission);
            // Hardly ever: most usage comes long before its deadline.
            if (_firstDeadline < Moment.Of(node.Services.Clock).MonotonicTicks + node.Services.Options.PostDeadline.Ticks) KeepAtAncestors();
            return;
        }

        Undo(status == SubmitStatus.Overloaded ? PostOutcome.Overloaded : PostOutcome.Stopping, node.Now());
    }

    /// <summary>
    /// The caller waits no longer. What was not yet sent is withdrawn, and its reservations are held again; of what was sent the outcome is unknown and is
    /// applied when it comes.
    /// </summary>
    public Task GiveUpAsync(Moment now)
    {
        if (node.Services.Writer.TryWithdraw(_submission!))
        {
            Undo(PostOutcome.Unavailable, now);
            return Task.CompletedTask;
        }

        // What is committed is applied in a turn that is due already, and its nodes are being told, which takes NotifyTimeout at most. If the caller were answered
        // before, a check that begins after the answer might not see it.
        if (_submission!.Committed.IsCompleted) return Finished;
        _givenUp = true;
        // Nobody waits here any more, so this node may leave memory before the outcome comes: it is told like any other.
        _submission.NotifiesSubmitter = true;
        Answer(PostOutcome.Unavailable);
        KeepAtAncestors();
        return Task.CompletedTask;
    }

    /// <summary>Reservations that are still occupied are so because of an exception: their occupation breaks the node.</summary>
    public void Dispose()
    {
        foreach (var line in _lines) line.Busy?.Dispose();
        _kept?.TrySetResult();
    }

    private void Settle(Line line, UsageRow row, Reservation reservation, in Settlement settlement, ChargedHold? charged, Moment now)
    {
        var effect = SettleEffect.Of(reservation, settlement, row.Cost, node.NextStamp(), now, row.TokensUsed());
        var update = new HoldUpdate(node.Path, effect, IsOpen: true);
        var change = Change(reservation, effect);
        line = line with { Reservation = reservation, Effect = effect, Busy = node.Occupy(reservation) };
        reservation.State = ReservationState.Settling;
        if (reservation.Deadline < _firstDeadline) _firstDeadline = reservation.Deadline;
        Add(line, row, update, change, charged);
    }

    /// <summary>Nobody remembers the reservation: its hold ends wherever one is left, in the ledger too.</summary>
    private void EndForgotten(Line line, UsageRow row, string owner, in SettleEffect end, ChargedHold? charged) =>
        Add(line, row, new HoldUpdate(owner, end, IsOpen: false), new HoldChange(end.Key, end.Attempt, null), charged);

    private void Add(Line line, UsageRow row, HoldUpdate? update, HoldChange? change, ChargedHold? charged)
    {
        _lines.Add(line);
        _records.Add(new SubmittedRecord(new RecordEntry(row, change, Charged: charged), update));
    }

    /// <summary>What the ledger does with a stored hold, in the record's transaction.</summary>
    private HoldChange? Change(Reservation reservation, in SettleEffect effect)
    {
        if (!reservation.Stored) return null;
        if (effect.Ends) return new HoldChange(effect.Key, effect.Attempt, null);
        var stored = node.ToStored(reservation, node.Account.Find(reservation.Key)!, reservation.Durable);
        return new HoldChange(effect.Key, effect.Attempt, StoredHolds.After(stored, effect), Update: true);
    }

    private void KeepAtAncestors()
    {
        if (_kept is not null || _firstDeadline == long.MaxValue || node.Ancestors.Length == 0 || Applied.IsCompleted) return;
        _kept = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _ = node.KeepAtAncestorsAsync(calls, [.. _lines.Where(l => l.Reservation is not null).Select(l => l.Reservation!)], _kept.Task);
    }

    private async Task FinishAsync(Submission submission)
    {
        await Applied;
        await submission.Notified;
    }

    private async Task ApplyAsync(Submission submission)
    {
        await submission.Committed;
        try
        {
            // One turn from here to the end: the balance, then the end of the hold.
            var now = node.Now();
            node.Learn(submission.Balances);
            for (var i = 0; i < _lines.Count; i++) Apply(_lines[i], submission.Results[i], now);
            node.Alerts.Flush();
        }
        finally
        {
            Dispose();
        }
    }

    private void Apply(in Line line, RecordResult result, Moment now)
    {
        var conflicts = result.Outcome == RecordOutcome.Conflict || (result.Outcome == RecordOutcome.Recorded && (result.Flags & RowFlags.Conflict) != 0);
        if (conflicts) node.Alerts.Conflict(line.Sent.RequestId);
        if (!_givenUp) results[line.Index] = new PostResult((PostOutcome)result.Outcome, result.Cost.Nanos, (int)result.Flags, result.NewFrom);
        if (result.Outcome == RecordOutcome.Recorded && (result.Flags & RowFlags.NewCostCenter) != 0) node.Alerts.Created(line.Sent.CostCenter, result.NewFrom);
        if (line.Reservation is not { } reservation) return;
        reservation.State = ReservationState.Held;
        if (result.Outcome == RecordOutcome.Recorded) line.Effect.ApplyTo(node.Account, node.Reservations, reservation, now);
        line.Busy!.Free();
    }

    private void Undo(PostOutcome outcome, Moment now)
    {
        Answer(outcome);
        foreach (var line in _lines)
        {
            if (line.Reservation is not { } reservation) continue;
            reservation.State = ReservationState.Held;
            line.Busy!.Free();
        }

        _kept?.TrySetResult();
    }

    private void Answer(PostOutcome outcome)
    {
        foreach (var line in _lines) results[line.Index] = new PostResult(outcome, line.Sent.Cost.Nanos, (int)line.Sent.Flags);
    }

    /// <summary>One record, and the open reservation that it settles.</summary>
    private readonly record struct Line(int Index, UsageRow Sent)
    {
        public Reservation? Reservation { get; init; }

        public SettleEffect Effect { get; init; }

        public Occupation? Busy { get; init; }
    }
}
