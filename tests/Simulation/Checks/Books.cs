using System.Diagnostics.CodeAnalysis;
using BudgetEngine.Api.Errors;
using BudgetEngine.Api.Usage;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Domain.Usage;
using BudgetEngine.Ledger.Moves;
using BudgetEngine.Ledger.Records;
using BudgetEngine.Simulation.Cluster;

namespace BudgetEngine.Simulation.Checks;

/// <summary>A record as a caller sent it, with what it must come to, worked out by the caller.</summary>
internal sealed record SentRecord(UsageInput Input, long Cost, string CostCenter, string? User, DateOnly? Date, string? Corrects = null)
{
    /// <summary>What makes a repeat the same or another (section 4): not the user, the reservation, or any time.</summary>
    public (string?, string?, long?, long?, long?, decimal?, bool, string?, long) Content =>
        (Input.CostCenter, Input.Model, Input.InputTokens, Input.CachedInputTokens, Input.OutputTokens, Input.Cost, Input.Final, Corrects, Corrects is null ? 0 : Cost);
}

/// <summary>
/// What was sent, and what the ledger took, each row as its transaction committed it. Every row must be one that was sent, once, as it was sent; whatever was
/// acknowledged must be among them at that moment, and stay.
/// </summary>
internal sealed class Books(World world)
{
    private readonly Dictionary<string, List<SentRecord>> _sent = [];
    private readonly Dictionary<string, UsageRow> _rows = [];
    private readonly Dictionary<(Guid Key, Stamp Attempt), string> _settled = [];
    private readonly Dictionary<string, (string Node, DateOnly Date, long Version)[]> _versions = [];

    /// <summary>Rows as they were committed, with the old names that led on at that moment.</summary>
    private readonly Dictionary<string, (UsageRow Row, CostCenterAliases Aliases)> _committed = [];

    /// <summary>Cost centers with usage at or below them.</summary>
    private readonly HashSet<string> _used = new(StringComparer.Ordinal);

    /// <summary>By id, each with the cost center at which it counts now.</summary>
    public IReadOnlyDictionary<string, UsageRow> Rows => _rows;

    /// <summary>By id, each as it was committed.</summary>
    public IEnumerable<UsageRow> Committed => _committed.Values.Select(c => c.Row);

    /// <summary>What is booked at deadlines.</summary>
    public Charges Charges { get; } = new(world);

    /// <summary>Records that were once answered as an outage.</summary>
    private readonly HashSet<string> _outages = new(StringComparer.Ordinal);

    /// <summary>Cost centers at or above usage that was acknowledged.</summary>
    private readonly HashSet<string> _acknowledged = new(StringComparer.Ordinal);

    /// <summary>Whether a caller has been told of usage at or below it: whoever asks from then on sees it.</summary>
    public bool IsAcknowledged(string costCenter) => _acknowledged.Contains(costCenter);

    /// <summary>Versions of the balances that a row made, of the nodes in which it still counts.</summary>
    public IReadOnlyList<(string Node, DateOnly Date, long Version)> VersionsOf(SentRecord record)
    {
        if (!TryFind(record, out var row)) return [];
        var counted = world.Moves.Aliases.CountedAt(row.CostCenter);
        return [.. _versions[row.RequestId].Where(v => world.Moves.Aliases.Find(v.Node) is null && CostCenterId.IsWithin(counted, v.Node))];
    }

    public void Send(SentRecord record)
    {
        if (!_sent.TryGetValue(record.Input.RequestId!, out var list)) _sent.Add(record.Input.RequestId!, list = []);
        list.Add(record);
    }

    public void Commit(IReadOnlyList<UsageRow> rows)
    {
        Charges.Commit(rows);
        CheckNew(rows);
        foreach (var row in rows)
        {
            world.Log(() => $"row {row.RequestId} {row.CostCenter} {row.User} {row.BookedDate:MM-dd} {row.Cost.Nanos} {row.Flags}");
            world.Require(_rows.TryAdd(row.RequestId, row), () => $"once (3): {row.RequestId} is in the ledger twice");
            _committed.Add(row.RequestId, (row, world.Moves.Aliases));
            world.Require(world.Moves.Aliases.Find(row.CostCenter) is not { } alias || (alias.KeepsHistory && row.Kind == RowKind.Correction), () => $"{row.RequestId} is booked at {row.CostCenter}, which is an old name");
            world.Require(!row.RequestId.StartsWith("poison", StringComparison.Ordinal), () => $"{row.RequestId} cannot be stored, and was");
            var sent = _sent.GetValueOrDefault(ConflictingRequestId.Sent(row.RequestId));
            world.Require(Charges.IsOwn(row) || (sent is not null && sent.Exists(s => IsOf(row, s))), () => $"the ledger has a row that nobody sent so: {row}");
            CheckEndsOnce(row);
            CheckCorrection(row);
            CheckConflict(row);
            CheckUnknown(row);
            if (sent?.Exists(s => s.Corrects is null && s.CostCenter != row.CostCenter && IsOf(row, s)) == true) world.Reach(Sometimes.UsageUnderAnOldName);
            _versions[row.RequestId] =
            [
                .. CostCenterId.SelfAndAncestors(row.CostCenter)
                    .Select(n => (n, row.BookedDate, world.Database.Balances[BalanceKey.Day(n, "", row.BookedDate)].Version)),
            ];
        }
    }

    /// <summary>
    /// Of each cost center the row that brings it into being is flagged, and no other. A budget that was written while the batch was under way does not count: a database makes it wait.
    /// </summary>
    private void CheckNew(IReadOnlyList<UsageRow> rows)
    {
        foreach (var group in rows.GroupBy(r => r.CostCenter, StringComparer.Ordinal))
        {
            var flagged = group.Count(r => (r.Flags & RowFlags.NewCostCenter) != 0);
            world.Require(flagged <= (_used.Contains(group.Key) ? 0 : 1), () => $"{group.Key} is new once more: {string.Join(' ', group.Select(r => r.RequestId))}");
            world.Require(flagged == 1 || group.Any(Charges.IsOwn) || _used.Contains(group.Key) || world.Database.Budgeted.Contains(group.Key), () => $"{group.Key} was not known, and no row says that it is new: {string.Join(' ', group.Select(r => r.RequestId))}");
        }

        foreach (var row in rows) _used.UnionWith(CostCenterId.SelfAndAncestors(row.CostCenter));
    }

    /// <summary>In the transaction of a move: what it takes along counts under the new names from here on, to the last row, and nothing else changes its place.</summary>
    public void Move(MoveJob job)
    {
        var move = job.Move;
        // Of a part that has moved on before no name comes into being here.
        _used.UnionWith(_used.Where(move.Moves).Select(move.NewNameOf).Where(world.Database.CostCenters.Contains).ToList());
        _acknowledged.UnionWith(_acknowledged.Where(move.Moves).Select(move.NewNameOf).Where(world.Database.CostCenters.Contains).ToList());
        if (job.KeepsHistory) return;
        foreach (var row in _rows.Values.Where(r => move.Moves(r.CostCenter)).ToList())
        {
            var moved = row with { CostCenter = move.NewNameOf(row.CostCenter) };
            _rows[row.RequestId] = moved;
            world.Bound.Move(row, moved);
        }

        CheckBalances();
    }

    /// <summary>For which cost center a row was sent.</summary>
    private static string SentFor(UsageRow row)
    {
        if ((row.Flags & RowFlags.UnknownCostCenter) == 0) return row.CostCenter;
        using var tags = System.Text.Json.JsonDocument.Parse(row.TagsJson!);
        return tags.RootElement.GetProperty(UnknownCostCenter.Tag).GetString()!;
    }

    /// <summary>What is booked at an ancestor of the one that it was sent for is so because that one is not known.</summary>
    private void CheckUnknown(UsageRow row)
    {
        var sentFor = SentFor(row);
        if (sentFor == row.CostCenter) return;
        world.Require(CostCenterId.IsWithin(sentFor, row.CostCenter), () => $"{row.RequestId} was sent for {sentFor} and is booked at {row.CostCenter}");
        world.Reach(Sometimes.BookedAtAnAncestor);
    }

    /// <summary>A cost center has an id of its own only where the id is another's, and says so.</summary>
    private void CheckConflict(UsageRow row)
    {
        var conflicts = (row.Flags & RowFlags.Conflict) != 0;
        var id = ConflictingRequestId.Sent(row.RequestId);
        world.Require(conflicts == (id != row.RequestId), () => $"{row.RequestId} is flagged {row.Flags}");
        if (!conflicts) return;
        world.Require(_rows.TryGetValue(id, out var first) && (first.CostCenter != row.CostCenter || SentFor(first) != SentFor(row)), () => $"{row.RequestId} is kept apart, but {id} is no other cost center's: {first}");
        world.Reach(Sometimes.ConflictOfAnother);
    }

    /// <summary>A correction never brings what its row comes to below zero.</summary>
    private void CheckCorrection(UsageRow row)
    {
        if (row.Kind != RowKind.Correction) return;
        var original = _rows.GetValueOrDefault(row.Corrects!);
        world.Require(original?.CostCenter == row.CostCenter, () => $"{row.RequestId} is booked at {row.CostCenter}, and corrects what counts at {original?.CostCenter}");
        if (original is not null && _committed[row.Corrects!].Row.CostCenter != original.CostCenter) world.Reach(Sometimes.CorrectionAfterAMove);
        var net = (original?.Cost.Nanos ?? 0) + _rows.Values.Where(r => r.Corrects == row.Corrects).Sum(r => r.Cost.Nanos);
        world.Require(original is { Kind: RowKind.Usage } && net >= 0, () => $"corrections bring {row.Corrects} to {net}");
    }

    /// <summary>Invariant 3, at the moment of the answer.</summary>
    public void Acknowledged(SentRecord record, UsageResult result)
    {
        var id = record.Input.RequestId!;
        world.Log(() => $"answer {id}: {result.Kind} {result.Code} {result.Cost.Nanos} {result.Flags}");
        switch (result.Kind)
        {
            case UsageResultKind.Recorded or UsageResultKind.Duplicate:
                world.Require(TryFind(record, out var row, result.Flags), () => $"durable before acknowledged (3): {id} was answered {result.Kind} and is not in the ledger");
                world.Require(
                    row!.Cost == result.Cost && row.Flags == result.Flags, () => $"{id} was answered {result.Cost.Nanos} {result.Flags}, the ledger has {row.Cost.Nanos} {row.Flags}");
                world.Require(IsKnown(row, record), () => $"{id} was answered {result.Kind}, the ledger has other content: {row}, sent as {record}");
                _acknowledged.UnionWith(CostCenterId.SelfAndAncestors(row.CostCenter));
                // What was given up after its answer was lost is in the ledger, and leaves its hold until the deadline: its repeat is a duplicate, which ends no hold.
                if (EndsItsReservation(row, out var id2) && (result.Kind == UsageResultKind.Recorded || !world.HasGivenUp || !_outages.Contains(id))) world.Watch.CheckEnded(id2);
                if (result.Kind == UsageResultKind.Duplicate) world.Reach(Sometimes.DuplicateRecord);
                if (result.Kind == UsageResultKind.Duplicate && world.Moves.Aliases.Find(world.Database.Usage[new RequestKey(row.Tenant, row.RequestId)].Row.CostCenter) is not null) world.Reach(Sometimes.RepeatUnderAnOldName);
                break;
            case UsageResultKind.Rejected when result.Code == ApiCode.RequestIdConflict:
                world.Require((TryFind(record, out var other) && (IsConflict(other, record) || IsKeptApart(other, record))) || IsBesideUnknown(record), () => $"{id} was refused as a conflict, but its cost center has nothing else under it: {other}");
                world.Reach(Sometimes.ConflictingRecord);
                break;
            case UsageResultKind.Rejected when result.Code == "not_storable":
                world.Require(id.StartsWith("poison", StringComparison.Ordinal), () => $"{id} can be stored, but was refused");
                world.Reach(Sometimes.RowNotStorable);
                break;
            case UsageResultKind.Rejected when result.Code == "correction_too_large":
                world.Reach(Sometimes.CorrectionTooLarge);
                break;
            case UsageResultKind.Rejected when result.Code == "timestamp_in_future":
                world.Require(!world.TryRead(record.Input.ReservationId, out _), () => $"{id} settles a reservation, and is refused for its date: real cost is never refused");
                break;
            case UsageResultKind.Rejected when result.Code == ApiCode.LedgerUnavailable:
                _outages.Add(id);
                break;
            case UsageResultKind.Rejected when result.Code == ApiCode.Overloaded:
                world.Reach(Sometimes.Overloaded);
                break;
        }
    }

    /// <summary>Invariant 2: every balance of the ledger is the sum of its rows, exactly, and there are no others.</summary>
    public void CheckBalances()
    {
        var sums = new SortedDictionary<BalanceKey, BalanceSum>();
        foreach (var row in _rows.Values)
        {
            foreach (var node in CostCenterId.SelfAndAncestors(row.CostCenter))
            {
                Add(BalanceKey.Day(node, "", row.BookedDate), row);
                Add(BalanceKey.Month(node, "", row.BookedDate), row);
                if (!IsTracked(node, row.User)) continue;
                Add(BalanceKey.Day(node, row.User, row.BookedDate), row);
                Add(BalanceKey.Month(node, row.User, row.BookedDate), row);
            }
        }

        foreach (var key in sums.Keys.Union(world.Database.Balances.Keys))
        {
            var (sum, balance) = (sums.GetValueOrDefault(key), world.Database.Balances.GetValueOrDefault(key));
            world.Require(
                balance.Spent.Nanos == sum.Spent && balance.Requests == sum.Requests,
                () => $"conservation (2): {key} has {balance.Spent.Nanos} of {balance.Requests}, its rows come to {sum.Spent} of {sum.Requests}");
        }

        void Add(BalanceKey key, UsageRow row)
        {
            var sum = sums.GetValueOrDefault(key);
            sums[key] = new BalanceSum(sum.Spent + row.Cost.Nanos, sum.Requests + row.Requests);
        }
    }

    /// <summary>The rows are still what the database has.</summary>
    public void CheckRows()
    {
        world.Require(_rows.Count == world.Database.Usage.Count, () => $"{_rows.Count} rows were committed, the ledger has {world.Database.Usage.Count}");
        foreach (var stored in world.Database.Usage.Values)
        {
            var row = stored.Row with { CostCenter = world.Moves.Aliases.CountedAt(stored.Row.CostCenter) };
            world.Require(_rows.GetValueOrDefault(row.RequestId) == row, () => $"a row has changed: {row}");
        }
    }

    public bool IsTracked(string node, string user) =>
        world.Database.Tracked.Contains(new TrackedUser(node, "")) || world.Database.Tracked.Contains(new TrackedUser(node, user));

    /// <summary>The row that the record's cost center has under its id: the first under it, or one kept apart where that is another's.</summary>
    /// <param name="flags">Of the answer: where an id has two rows of one cost, these tell them apart. Null: not known.</param>
    private bool TryFind(SentRecord record, [NotNullWhen(true)] out UsageRow? row, RowFlags? flags = null)
    {
        var id = record.Input.RequestId!;
        var names = world.Moves.NamesOf(record.CostCenter);
        // An id that was made of an old name stays as it is.
        var under = names.Concat(names.SelectMany(world.Moves.Aliases.OldNamesOf)).Select(n => ConflictingRequestId.Of(id, n)).Prepend(id).Select(_rows.GetValueOrDefault);
        var own = under.OfType<UsageRow>().Where(r => world.Moves.AreOne(SentFor(_committed[r.RequestId].Row), record.CostCenter)).ToList();
        // One that was booked at an ancestor while nobody knew the cost center has the id itself; from then on the cost center has one of its own.
        row = own.Find(r => IsOf(r, record) && r.Flags == flags) ?? own.Find(r => IsOf(r, record)) ?? own.FirstOrDefault();
        return row is not null;
    }

    /// <summary>Records of several unknown cost centers that are booked at one ancestor are of one cost center for their ids.</summary>
    private bool IsBesideUnknown(SentRecord record) => CostCenterId.SelfAndAncestors(record.CostCenter).Any(
        n => new[] { record.Input.RequestId!, ConflictingRequestId.Of(record.Input.RequestId!, n) }.Any(id => _rows.TryGetValue(id, out var row) && row.CostCenter == n && SentFor(row) != record.CostCenter && SentFor(row) != n));

    /// <summary>The row is of this content, whichever of its sendings it was.</summary>
    private bool IsKnown(UsageRow row, SentRecord record) => _sent[ConflictingRequestId.Sent(row.RequestId)].Exists(s => s.Content == record.Content && IsOf(row, s));

    /// <summary>Its cost center and the one that has the id became one: its own row is there, and what repeats it is told of the other.</summary>
    private bool IsKeptApart(UsageRow row, SentRecord record) => (row.Flags & RowFlags.Conflict) != 0 && world.Moves.Touches(record.CostCenter);

    private bool IsConflict(UsageRow row, SentRecord record) => _sent[ConflictingRequestId.Sent(row.RequestId)].Exists(s => s.Content != record.Content && IsOf(row, s));

    private bool IsOf(UsageRow row, SentRecord sent) => CorrectsItsNamesake(row, sent) ||
        (row.Cost.Nanos == sent.Cost && (sent.Corrects is not null || IsAt(row, sent.CostCenter)) && row.Final == sent.Input.Final && row.Corrects == sent.Corrects
        && (sent.User is null || row.User == sent.User || IsOfItsReservation(row, sent)) && (sent.Date is null || row.BookedDate == sent.Date));

    /// <summary>Where two cost centers became one each may have a row of the same id: a correction of the one that had it later is what people get for it.</summary>
    private bool CorrectsItsNamesake(UsageRow row, SentRecord sent) =>
        sent.Corrects is not null && row.Cost.Nanos == sent.Cost && world.Moves.Touches(row.CostCenter) && row.Corrects is { } corrects && ConflictingRequestId.Sent(corrects) == sent.Corrects;

    /// <summary>It was sent for another cost center than that of its reservation, and a move has made both one.</summary>
    private bool IsOfItsReservation(UsageRow row, SentRecord sent) =>
        world.Moves.Touches(sent.CostCenter) && world.TryRead(sent.Input.ReservationId, out var id) && row.User == id.User && world.Moves.AreOne(id.Owner, sent.CostCenter);

    /// <summary>A row of what was sent for a cost center is where its name led when it was committed. Where a correction is booked is looked at by itself.</summary>
    private bool IsAt(UsageRow row, string sentFor)
    {
        var (committed, aliases) = _committed[row.RequestId];
        return SentFor(committed) == aliases.BookedAt(sentFor);
    }

    /// <summary>Invariant 5: of all rows that name a reservation, one at most ends it; every other has a flag that says why not.</summary>
    private void CheckEndsOnce(UsageRow row)
    {
        if (!EndsItsReservation(row, out var id)) return;
        if (world.Watch.ActivationsOf(id.Owner) == 1)
        {
            var stored = world.Database.Holds.GetValueOrDefault(id.Key);
            world.Require(stored?.Attempt != id.Attempt, () => $"{row.RequestId} settles {id.Key}, and its transaction leaves the stored hold");
        }

        if (row.Cost == Money.Zero || _settled.TryAdd((id.Key, id.Attempt), row.RequestId)) return;
        // Two activations of the owner may both have it; the second settle is then what was held in a memory that lost the node.
        if (world.Watch.ActivationsOf(id.Owner) < 2) world.Fail($"ends once (5): {row.RequestId} and {_settled[(id.Key, id.Attempt)]} both settle {id.Key}");
    }

    private bool EndsItsReservation(UsageRow row, [NotNullWhen(true)] out ReservationId? id)
    {
        const RowFlags afterwards = RowFlags.AfterExpiry | RowFlags.AfterRelease | RowFlags.AfterSettle | RowFlags.NoReservation;
        id = null;
        return row is { Kind: RowKind.Usage, Final: true } && (row.Flags & afterwards) == 0 && world.TryRead(row.ReservationId, out id);
    }
}
