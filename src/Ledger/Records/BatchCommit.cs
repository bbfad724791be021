using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Domain.Usage;
using BudgetEngine.Ledger.Storage;

namespace BudgetEngine.Ledger.Records;

/// <summary>
/// One batch from its entries to its answer; the database is asked through <see cref="IBatchTransaction"/>. Usage rows go in first, then corrections
/// in the order of the batch, so that a correction finds an original of its own batch. A failed record has no effect on any other.
/// </summary>
internal sealed class BatchCommit(LedgerBatch batch, PathCache paths)
{
    private CostCenterAliases _aliases = CostCenterAliases.None;

    private readonly RecordResult[] _results = new RecordResult[batch.Records.Count];

    /// <summary>Every id that is stored now: known before, or inserted by this batch.</summary>
    private readonly Dictionary<RequestKey, KnownRow> _stored = new(batch.Records.Count);
    private readonly BatchSums _sums = new(paths);

    /// <summary>Cost centers that the batch has added or found, which this process had not seen committed.</summary>
    private IReadOnlyList<string> _offered = [];

    /// <summary>Records that bring a new cost center, with <see cref="RecordResult.NewFrom"/>. Made when needed: most batches have none.</summary>
    private Dictionary<int, int>? _new;

    /// <summary>Records whose request id is stored with a record of another cost center.</summary>
    private readonly List<int> _conflicting = [];

    /// <summary>
    /// Records that an earlier try of this batch has stored: its answer was lost. What they do to holds and charges was done then; meanwhile others may have ended the hold, and charged it. Made when needed.
    /// </summary>
    private HashSet<int>? _storedBefore;

    /// <exception cref="RecordsMovedException">The batch has records of cost centers that were moved since they were sent. Nothing is committed: it begins anew with their new names.</exception>
    public async ValueTask<BatchResult> RunAsync(IBatchTransaction transaction, CancellationToken cancellationToken)
    {
        await using (transaction)
        {
            try
            {
                return await CommitAsync(transaction, cancellationToken);
            }
            catch (OverflowException e)
            {
                throw new LedgerDataException("The ledger refuses the data: a sum passes 64 bits.", e);
            }
        }
    }

    private async ValueTask<BatchResult> CommitAsync(IBatchTransaction transaction, CancellationToken cancellationToken)
    {
        var firsts = FirstUsageRows();
        await CreateAsync(transaction, cancellationToken);
        var needs = Needs(firsts);
        var start = await transaction.StartAsync(needs, cancellationToken);
        _aliases = start.Aliases;
        if (!_aliases.IsEmpty && batch.Records.Any(r => _aliases.Find(r.Row.CostCenter) is not null)) throw new RecordsMovedException(_aliases);
        SettleUsage(firsts, start.Known);
        await BookConflictingAsync(transaction, cancellationToken);
        var charges = new HoldCharges(batch, start);
        await ChargeAsync(transaction, charges, cancellationToken);
        await CorrectAsync(transaction, charges.Replacing(_results), cancellationToken);
        var tracked = new TrackedUsers(start.Tracked);
        await _sums.ReadTrackedAsync(transaction, needs, tracked, cancellationToken);
        var (holds, outcomes) = FoldHolds(start);
        var effects = _sums.Effects(tracked, holds, _offered);
        var balances = await transaction.FinishAsync(effects, cancellationToken);
        paths.Committed(_offered);
        paths.Committed(effects.NewNodes);
        return new BatchResult(_results, outcomes, _sums.Answer(effects, balances)) { Aliases = _aliases };
    }

    private static RequestKey KeyOf(UsageRow row) => new(row.Tenant, row.RequestId);

    /// <summary>The first usage row of every id, sorted by id, as indexes into the batch.</summary>
    private List<(RequestKey Key, int Index)> FirstUsageRows()
    {
        var records = batch.Records;
        var firsts = new List<(RequestKey Key, int Index)>(records.Count);
        for (var i = 0; i < records.Count; i++)
        {
            if (records[i].Row.Kind == RowKind.Retained) throw new LedgerDataException("Retained rows are made by retention only.");
            if (records[i] is { Row.Kind: RowKind.Usage, Guard: null }) firsts.Add((KeyOf(records[i].Row), i));
        }

        firsts.Sort(static (a, b) => a.Key.CompareTo(b.Key) is not 0 and var order ? order : a.Index.CompareTo(b.Index));
        var kept = 0;
        for (var i = 0; i < firsts.Count; i++)
        {
            if (kept == 0 || firsts[kept - 1].Key != firsts[i].Key) firsts[kept++] = firsts[i];
        }

        firsts.RemoveRange(kept, firsts.Count - kept);
        return firsts;
    }

    /// <summary>
    /// Adds the cost centers of usage rows that this process has not seen committed, so that the transaction itself knows which record was first. All of them stay with the batch: whatever
    /// becomes of a row, its cost center has one. Nobody sends a charge, and it may come to nothing: it makes none here.
    /// </summary>
    private async ValueTask CreateAsync(IBatchTransaction transaction, CancellationToken cancellationToken)
    {
        SortedSet<string>? unseen = null;
        foreach (var record in batch.Records)
        {
            if (!Makes(record) || paths.IsCommitted(record.Row.CostCenter)) continue;
            foreach (var node in paths.NodesOf(record.Row.CostCenter))
            {
                if (!paths.IsCommitted(node)) (unseen ??= new(StringComparer.Ordinal)).Add(node);
            }
        }

        if (unseen is null) return;
        _offered = [.. unseen];
        var created = await transaction.CreateAsync(_offered, cancellationToken);
        if (created.Count == 0) return;
        _new = [];
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < batch.Records.Count; i++)
        {
            var row = batch.Records[i].Row;
            if (Makes(batch.Records[i]) && created.Contains(row.CostCenter) && seen.Add(row.CostCenter)) _new.Add(i, CostCenterId.DepthOf(paths.NodesOf(row.CostCenter).Last(created.Contains)));
        }
    }

    private static bool Makes(RecordEntry record) => record is { Row.Kind: RowKind.Usage, Guard: null };

    /// <summary>The record's row, flagged if it is the first of its cost center.</summary>
    private UsageRow RowOf(int index)
    {
        var row = batch.Records[index].Row;
        return _new is not null && _new.ContainsKey(index) ? row with { Flags = row.Flags | RowFlags.NewCostCenter } : row;
    }

    private BatchNeeds Needs(List<(RequestKey Key, int Index)> firsts)
    {
        var nodes = new HashSet<string>(StringComparer.Ordinal);
        var users = new HashSet<string>(StringComparer.Ordinal);
        var keys = new SortedSet<Guid>();
        var fenced = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var record in batch.Records)
        {
            foreach (var node in paths.NodesOf(record.Row.CostCenter)) nodes.Add(node);
            users.Add(record.Row.User);
            if (record.Hold is { } hold) AddHold(hold);
            if (record.Guard is not { } guard) continue;
            keys.Add(guard.Key);
            if (guard.Epoch > 0) fenced.Add(guard.Owner);
        }

        foreach (var hold in batch.Holds) AddHold(hold);
        var rows = new UsageRow[firsts.Count];
        for (var i = 0; i < rows.Length; i++) rows[i] = RowOf(firsts[i].Index);
        return new BatchNeeds(batch.Id, rows, nodes, users, [.. keys], [.. fenced]);

        void AddHold(HoldChange change)
        {
            keys.Add(change.Key);
            if (change.Put is { Epochs.Count: > 0 } put) fenced.UnionWith(put.Nodes);
        }
    }

    private void SettleUsage(List<(RequestKey Key, int Index)> firsts, IReadOnlyDictionary<RequestKey, KnownRow> known)
    {
        foreach (var (key, index) in firsts)
        {
            if (known.TryGetValue(key, out var row)) Repeat(index, row, mayBeOwn: true);
            else Record(index, RowOf(index));
        }

        var next = firsts.Select(f => f.Index).ToHashSet();
        for (var i = 0; i < batch.Records.Count; i++)
        {
            var row = batch.Records[i].Row;
            if (row.Kind == RowKind.Usage && batch.Records[i].Guard is null && !next.Contains(i)) Repeat(i, _stored[KeyOf(row)], mayBeOwn: false);
        }
    }

    /// <summary>Real cost is booked, whoever had the id first: each cost center has the id once more for itself.</summary>
    private async ValueTask BookConflictingAsync(IBatchTransaction transaction, CancellationToken cancellationToken)
    {
        if (_conflicting.Count == 0) return;
        var rows = _conflicting.ConvertAll(i => (Index: i, Row: RowOf(i), Keys: ConflictingKeys(RowOf(i))));
        var facts = await transaction.ReadOriginalsAsync([.. rows.SelectMany(r => r.Keys).Distinct().Order()], [], cancellationToken);
        var before = facts.Known.Where(k => _stored.TryAdd(k.Key, k)).Select(k => k.Key).ToHashSet();
        var booked = new List<UsageRow>();
        foreach (var (index, row, keys) in rows)
        {
            if (keys.FindIndex(_stored.ContainsKey) is >= 0 and var at)
            {
                // Its cost center has this id for itself: other content is not another's.
                RepeatAny(index, _stored[keys[at]], mayBeOwn: before.Remove(keys[at]));
                continue;
            }

            var conflicting = row with { RequestId = keys[0].RequestId, Flags = row.Flags | RowFlags.Conflict };
            Record(index, conflicting);
            booked.Add(conflicting);
        }

        if (booked.Count > 0) await InsertAsync(transaction, booked, cancellationToken);
    }

    /// <summary>Under which ids a record may be there that has its id beside another's, the one it gets first: a move leaves the ids that were made of the old name.</summary>
    private List<RequestKey> ConflictingKeys(UsageRow row)
    {
        var name = UnknownCostCenter.SentFor(row);
        return [.. _aliases.OldNamesOf(name).Prepend(name).Select(n => new RequestKey(row.Tenant, ConflictingRequestId.Of(row.RequestId, n)))];
    }

    /// <exception cref="LedgerContentionException">Another transaction has stored one of the ids since they were looked up: what was decided here may be wrong.</exception>
    private static async ValueTask InsertAsync(IBatchTransaction transaction, List<UsageRow> rows, CancellationToken cancellationToken)
    {
        rows.Sort(static (a, b) => KeyOf(a).CompareTo(KeyOf(b)));
        if (await transaction.InsertAsync(rows, cancellationToken) == rows.Count) return;
        throw new LedgerContentionException("The id of a row was stored by another transaction at the same time.");
    }

    /// <summary>Books what holds had left at their deadlines, unless the ledger knows that they are over.</summary>
    private async ValueTask ChargeAsync(IBatchTransaction transaction, HoldCharges charges, CancellationToken cancellationToken)
    {
        var all = charges.Charges;
        if (all.Count == 0) return;
        var facts = await transaction.ReadOriginalsAsync([.. all.Select(i => KeyOf(batch.Records[i].Row)).Distinct().Order()], [], cancellationToken);
        var before = facts.Known.Where(k => _stored.TryAdd(k.Key, k)).Select(k => k.Key).ToHashSet();
        var booked = new List<UsageRow>();
        foreach (var index in all)
        {
            var (row, _, guard, _) = batch.Records[index];
            if (_stored.TryGetValue(KeyOf(row), out var stored)) RepeatAny(index, stored, mayBeOwn: before.Remove(stored.Key));
            else if (!charges.MayCharge(guard!)) _results[index] = new RecordResult(RecordOutcome.NothingHeld, row.Cost, row.Flags);
            else
            {
                Record(index, row);
                booked.Add(row);
            }
        }

        if (booked.Count > 0) await InsertAsync(transaction, booked, cancellationToken);
    }

    private async ValueTask CorrectAsync(IBatchTransaction transaction, List<int> replacing, CancellationToken cancellationToken)
    {
        var corrections = new List<int>();
        for (var i = 0; i < batch.Records.Count; i++)
        {
            if (batch.Records[i] is { Row.Kind: RowKind.Correction, Charged: null }) corrections.Add(i);
        }

        if (corrections.Count + replacing.Count == 0) return;
        var rows = corrections.ConvertAll(i => batch.Records[i].Row);
        // All originals at once, so that they are locked in one order.
        var facts = await transaction.ReadOriginalsAsync(
            [.. rows.Select(KeyOf).Concat(replacing.Select(ReturnOf)).Distinct().Order()], [.. rows.Select(OriginalOf).Concat(replacing.Select(ChargeOf)).Distinct().Order()], cancellationToken);
        var accepted = Accept(corrections, replacing, facts);
        if (accepted.Count > 0) await InsertAsync(transaction, accepted, cancellationToken);
    }

    private RequestKey ChargeOf(int index) => new(CostCenterId.TenantOf(batch.Records[index].Charged!.Owner), batch.Records[index].Charged!.Id);

    private RequestKey ReturnOf(int index) => new(ChargeOf(index).Tenant, HoldCharges.ReturnIdOf(batch.Records[index]));

    private List<UsageRow> Accept(List<int> corrections, List<int> replacing, CorrectionFacts facts)
    {
        var before = facts.Known.Where(k => _stored.TryAdd(k.Key, k)).Select(k => k.Key).ToHashSet();
        var originals = facts.Originals.ToDictionary(o => o.Row.Key, o => (Row: AsCounted(o.Row), Net: checked(o.Row.Cost.Nanos + o.Corrected)));
        var accepted = new List<UsageRow>();
        foreach (var index in replacing) TakeBack(index, before, originals, accepted);
        foreach (var index in corrections)
        {
            var row = batch.Records[index].Row;
            if (_stored.TryGetValue(KeyOf(row), out var stored))
            {
                // Only its first appearance can be this batch's own earlier success.
                Repeat(index, stored, mayBeOwn: before.Remove(stored.Key));
                continue;
            }

            if (!originals.TryGetValue(OriginalOf(row), out var original))
            {
                _results[index] = new RecordResult(RecordOutcome.UnknownOriginal, row.Cost, row.Flags);
                continue;
            }

            var net = checked(original.Net + row.Cost.Nanos);
            if (net < 0)
            {
                _results[index] = new RecordResult(RecordOutcome.CorrectionTooLarge, row.Cost, row.Flags);
                continue;
            }

            originals[OriginalOf(row)] = original with { Net = net };
            var o = original.Row;
            var booked = row with { CostCenter = o.CostCenter, User = o.User, BookedDate = o.Date, Provider = o.Provider, Model = o.Model };
            Record(index, booked);
            accepted.Add(booked);
        }

        return accepted;
    }

    /// <summary>Takes back what is left of the charge of the reservation that a record settles, or that is released.</summary>
    private void TakeBack(int index, HashSet<RequestKey> before, Dictionary<RequestKey, (KnownRow Row, long Net)> originals, List<UsageRow> accepted)
    {
        var (entry, isRelease) = (batch.Records[index], batch.Records[index].Row.Kind == RowKind.Correction);
        if (_stored.TryGetValue(ReturnOf(index), out var known))
        {
            if (isRelease) RepeatAny(index, known, mayBeOwn: before.Remove(known.Key));
            else Read(index, known);
            return;
        }

        if (_storedBefore?.Contains(index) == true) return;
        var back = originals.TryGetValue(ChargeOf(index), out var charge) ? HoldCharges.Return(entry, charge.Row, charge.Net) : null;
        if (isRelease) _results[index] = new RecordResult(back is null ? RecordOutcome.UnknownOriginal : RecordOutcome.Recorded, back?.Cost ?? entry.Row.Cost, entry.Row.Flags);
        if (back is null) return;
        originals[ChargeOf(index)] = charge with { Net = checked(charge.Net + back.Cost.Nanos) };
        NoteElsewhere(index, back.CostCenter);
        Book(back);
        accepted.Add(back);
    }

    private static RequestKey OriginalOf(UsageRow row) => new(row.Tenant, row.Corrects ?? "");

    private void Record(int index, UsageRow row)
    {
        _results[index] = new RecordResult(RecordOutcome.Recorded, row.Cost, row.Flags, _new?.GetValueOrDefault(index) ?? 0);
        NoteElsewhere(index, row.CostCenter);
        Book(row);
    }

    private void NoteElsewhere(int index, string booked)
    {
        if (booked != batch.Records[index].Row.CostCenter) _results[index] = _results[index] with { Elsewhere = booked };
    }

    private void Book(UsageRow row)
    {
        _stored.Add(KeyOf(row), new KnownRow(
            row.Tenant, row.RequestId, row.Kind, row.CostCenter, row.User, row.Provider, row.Model, row.BookedDate, row.Cost, row.Flags, row.ContentHash,
            batch.Id));
        _sums.Add(row);
    }

    private void Repeat(int index, KnownRow stored, bool mayBeOwn)
    {
        _stored.TryAdd(stored.Key, stored);
        if (IsOfAnother(batch.Records[index].Row, stored))
        {
            _conflicting.Add(index);
            return;
        }

        RepeatAny(index, stored, mayBeOwn);
    }

    private void RepeatAny(int index, KnownRow stored, bool mayBeOwn)
    {
        var same = stored.ContentHash == batch.Records[index].Row.ContentHash || UnknownCostCenter.IsRepeat(stored.Flags, stored.ContentHash, batch.Records[index].Row);
        var own = mayBeOwn && stored.BatchId == batch.Id;
        var outcome = !same ? RecordOutcome.Conflict : own ? RecordOutcome.Recorded : RecordOutcome.Duplicate;
        _results[index] = new RecordResult(outcome, stored.Cost, stored.Flags);
        if (same && own) (_storedBefore ??= []).Add(index);
        if (same) Read(index, stored);
    }

    private void Read(int index, KnownRow stored)
    {
        var row = AsCounted(stored);
        NoteElsewhere(index, row.CostCenter);
        _sums.Read(row);
    }

    /// <summary>A row that was moved may not have its new name yet.</summary>
    private KnownRow AsCounted(KnownRow stored) => _aliases.IsEmpty ? stored : stored with { CostCenter = _aliases.CountedAt(stored.CostCenter) };

    private bool IsOfAnother(UsageRow row, KnownRow stored) =>
        row.Kind == RowKind.Usage && !UnknownCostCenter.IsRepeat(stored.Flags, stored.ContentHash, row)
        && ((row.CostCenter != stored.CostCenter && row.CostCenter != _aliases.BookedAt(stored.CostCenter)) || UnknownCostCenter.IsBeside(row.Flags, stored.Flags));

    private (HoldFold Fold, HoldOutcome[] Outcomes) FoldHolds(BatchStart start)
    {
        var fold = new HoldFold(start.Holds, start.Epochs);
        for (var i = 0; i < _results.Length; i++)
        {
            if (_results[i].Outcome == RecordOutcome.Recorded && _storedBefore?.Contains(i) != true && batch.Records[i].Hold is { } change) fold.Apply(change);
        }

        var outcomes = new HoldOutcome[batch.Holds.Count];
        for (var i = 0; i < outcomes.Length; i++) outcomes[i] = fold.Apply(batch.Holds[i]);
        return (fold, outcomes);
    }
}
