using BudgetEngine.Domain;
using BudgetEngine.Grains.Interfaces.CostCenters;
using BudgetEngine.Grains.Interfaces.Usage;
using BudgetEngine.Ledger;
using Orleans;

namespace BudgetEngine.Grains;

/// <summary>
/// Records of one call on their way through the ledger. From <see cref="Add"/> until the outcome is known the reservations they settle are SETTLING; then
/// balances and the ends of holds are applied in one turn.
/// </summary>
internal sealed class Posting(CostCenterNode node, CostCenterCalls calls, bool bulk, PostResult[] results)
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
        var line = new Line(index, message);
        var row = UsageMapping.ToRow(message, now.Utc);
        if (message.Reservation is not { } settles)
        {
            Add(line, row, null, null);
            return;
        }

        var attempt = new Stamp(settles.Attempt);
        var reservation = node.Reservations.Find(settles.Key, attempt, now);
        var hold = node.Account.Find(settles.Key);
        var settlement = Settlement.Of(reservation, hold?.Left ?? Money.Zero, row.Cost, row.Final);
        if (row.CostCenter != node.Path) row = row with { Flags = row.Flags | RowFlags.OtherCostCenter };
        row = row with { Flags = row.Flags | settlement.Flags };
        if (settlement.Settles)
        {
            line = line with { Reservation = reservation, Settlement = settlement, Revision = node.NextStamp() };
            if (!settlement.Ends) line = line.RenewedAt(now);
            node.Occupy(reservation!);
            reservation!.State = ReservationState.Settling;
            if (reservation.Deadline < _firstDeadline) _firstDeadline = reservation.Deadline;
        }

        Add(line, row, News(line, settles, attempt, settlement), Change(line, settles, attempt, settlement));
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
            if (_firstDeadline < Moment.Of(node.Services.Clock).Ticks + node.Services.Options.PostDeadline.Ticks) KeepAtAncestors();
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

        // What is committed is applied in a turn that is due already, and its nodes are being told, which takes TellTimeout at most: answered before, a check
        // that begins after the answer might not see it.
        if (_submission!.Committed.IsCompleted) return Finished;
        _givenUp = true;
        // Nobody waits here any more, so this node may leave memory before the outcome comes: it is told like any other.
        _submission.TellsSubmitter = true;
        Answer(PostOutcome.Unavailable);
        KeepAtAncestors();
        return Task.CompletedTask;
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
        await submission.Told;
    }

    private async Task ApplyAsync(Submission submission)
    {
        await submission.Committed;
        // One turn from here to the next await: the balance, then the end of the hold.
        var now = node.Now();
        node.Learn(submission.Balances);
        for (var i = 0; i < _lines.Count; i++) Apply(_lines[i], submission.Results[i], now);
        node.Alerts.Flush();
        _kept?.TrySetResult();
    }

    private void Apply(in Line line, RecordResult result, Moment now)
    {
        if (result.Outcome == RecordOutcome.Conflict) node.Alerts.Conflict(line.Message.RequestId);
        if (!_givenUp) results[line.Index] = new PostResult((PostOutcome)result.Outcome, result.Cost.Nanos, (int)result.Flags);
        if (line.Reservation is not { } reservation) return;
        reservation.State = ReservationState.Held;
        if (result.Outcome == RecordOutcome.Recorded && node.Account.Find(reservation.Key) is { } hold) Settle(line, reservation, hold, result.Cost, now);
        node.Free(reservation);
    }

    private void Settle(in Line line, Reservation reservation, Hold hold, Money cost, Moment now)
    {
        reservation.Settled += cost;
        if (line.Settlement.Ends)
        {
            node.Account.End(reservation.Key, reservation.Attempt, now, remember: false);
            node.Reservations.End(reservation, ReservationState.Settled, now);
            return;
        }

        node.Account.SetLeft(hold, line.Settlement.Left);
        hold.Revision = line.Revision;
        (reservation.ExpiresAt, reservation.Deadline) = (line.ExpiresAt, line.Deadline);
    }

    private void Add(Line line, UsageRow row, HoldNews? news, HoldChange? change)
    {
        _lines.Add(line);
        _records.Add(new SubmittedRecord(new RecordEntry(row, change), news));
    }

    /// <summary>What the other nodes of the reservation's path hear. Of one that nobody remembers: the end, wherever a hold is left.</summary>
    private HoldNews? News(Line line, SettleMessage settles, Stamp attempt, Settlement settlement)
    {
        if (line.Reservation is null && !settlement.Ends) return null;
        var goesOn = line.Reservation is not null && !settlement.Ends;
        return new HoldNews(settles.Key, settles.Owner, attempt, line.Revision, settlement.Left, goesOn ? line.ExpiresAt : null, line.Deadline, line.Reservation is not null);
    }

    /// <summary>What the ledger does with a stored hold, in the record's transaction.</summary>
    private HoldChange? Change(Line line, SettleMessage settles, Stamp attempt, Settlement settlement)
    {
        if (line.Reservation is not { } reservation) return settlement.Ends ? new HoldChange(settles.Key, attempt, null) : null;
        if (!reservation.Stored) return null;
        if (settlement.Ends) return new HoldChange(settles.Key, attempt, null);
        var stored = StoredHolds.Unfenced(node.ToStored(reservation, node.Account.Find(reservation.Key)!, reservation.Durable));
        return new HoldChange(settles.Key, attempt, stored with
        {
            Revision = line.Revision, Left = settlement.Left, Settled = stored.Settled + new Money(line.Message.Cost), Deadline = line.ExpiresAt,
        });
    }

    private void Undo(PostOutcome outcome, Moment now)
    {
        Answer(outcome);
        foreach (var line in _lines)
        {
            if (line.Reservation is not { } reservation) continue;
            reservation.State = ReservationState.Held;
            node.Free(reservation);
        }

        _kept?.TrySetResult();
    }

    private void Answer(PostOutcome outcome)
    {
        foreach (var line in _lines) results[line.Index] = new PostResult(outcome, line.Message.Cost, line.Message.Flags);
    }

    /// <summary>One record, and the open reservation that it settles.</summary>
    private readonly record struct Line(int Index, UsageMessage Message)
    {
        private static readonly TimeSpan _maxLifetime = TimeSpan.FromHours(24);

        public Reservation? Reservation { get; init; }

        public Settlement Settlement { get; init; }

        public Stamp Revision { get; init; }

        /// <summary>Of a heartbeat: the deadline of the reservation, stamped when it is submitted, so that all nodes have the same however long the commit takes.</summary>
        public DateTimeOffset ExpiresAt { get; init; }

        public long Deadline { get; init; }

        /// <summary>A heartbeat renews the deadline by the ttl, up to 24 h in all; it never takes back what an extension gave.</summary>
        public Line RenewedAt(Moment now)
        {
            var time = Reservation!.CreatedAt + _maxLifetime - now.Utc;
            if (time > Reservation.Ttl) time = Reservation.Ttl;
            return now.Ticks + time.Ticks <= Reservation.Deadline
                ? this with { ExpiresAt = Reservation.ExpiresAt, Deadline = Reservation.Deadline }
                : this with { ExpiresAt = now.Utc + time, Deadline = now.Ticks + time.Ticks };
        }
    }
}
