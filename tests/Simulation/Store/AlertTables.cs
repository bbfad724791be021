using BudgetEngine.Domain.Alerts;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Domain.Usage;
using BudgetEngine.Domain.Windows;
using BudgetEngine.Ledger.Alerts;

namespace BudgetEngine.Simulation.Store;

internal readonly record struct StoredMark(int Generation, bool Fired, DateTimeOffset ChangedAt);

internal sealed record EvaluationKey(EvaluationKind Kind, string CostCenter, string User, DateOnly Date, string Detail) : IComparable<EvaluationKey>
{
    public static EvaluationKey Of(AlertEvaluation evaluation) => Of(EvaluationRow.Of(evaluation));

    public static EvaluationKey Of(EvaluationRow row) => new(row.Kind, row.CostCenter, row.User ?? "", row.Date, row.Detail);

    public int CompareTo(EvaluationKey? other)
    {
        if (other is null) return 1;
        var order = Kind.CompareTo(other.Kind);
        if (order == 0) order = string.CompareOrdinal(CostCenter, other.CostCenter);
        if (order == 0) order = string.CompareOrdinal(User, other.User);
        if (order == 0) order = Date.CompareTo(other.Date);
        return order != 0 ? order : string.CompareOrdinal(Detail, other.Detail);
    }
}

internal sealed record DeliveryKey(string AlertId, string Channel, bool Resolves) : IComparable<DeliveryKey>
{
    public int CompareTo(DeliveryKey? other)
    {
        if (other is null) return 1;
        var order = string.CompareOrdinal(AlertId, other.AlertId);
        if (order == 0) order = string.CompareOrdinal(Channel, other.Channel);
        return order != 0 ? order : Resolves.CompareTo(other.Resolves);
    }
}

/// <summary>Where a row stands for the cursor of the roll-ups: its transaction's number, then its id.</summary>
internal readonly record struct RowPosition(long Transaction, string Tenant, string RequestId) : IComparable<RowPosition>
{
    public static readonly RowPosition First = new(0, "", "");

    public int CompareTo(RowPosition other)
    {
        var order = Transaction.CompareTo(other.Transaction);
        if (order == 0) order = string.CompareOrdinal(Tenant, other.Tenant);
        return order != 0 ? order : string.CompareOrdinal(RequestId, other.RequestId);
    }
}

/// <summary>What one transaction has changed of alerts.</summary>
internal sealed class AlertChanges
{
    public bool BySweep { get; set; }

    public List<Alert> Inserted { get; } = [];

    public List<MarkKey> Fired { get; } = [];

    public List<MarkKey> Rearmed { get; } = [];

    public bool Any => Inserted.Count + Fired.Count + Rearmed.Count > 0;
}

/// <summary>What the simulated database keeps of alerts. Read and written under the database's gate.</summary>
internal sealed class AlertTables
{
    private long _entries;
    private long _transactions;

    public Dictionary<MarkKey, StoredMark> Marks { get; } = [];

    public SortedDictionary<long, StoredAlert> Alerts { get; } = [];

    public Dictionary<string, StoredAlert> AlertsById { get; } = new(StringComparer.Ordinal);

    public SortedDictionary<string, Channel> Channels { get; } = new(StringComparer.Ordinal);

    public SortedDictionary<DeliveryKey, StoredDelivery> Deliveries { get; } = [];

    public SortedDictionary<EvaluationKey, EvaluationRow> Evaluations { get; } = [];

    public Dictionary<string, StoredState> States { get; } = new(StringComparer.Ordinal);

    /// <summary>Every row, in the order of the cursor.</summary>
    public SortedDictionary<RowPosition, UsageRow> Rows { get; } = [];

    public RowPosition Cursor { get; set; } = RowPosition.First;

    /// <summary>Transactions that may still insert rows.</summary>
    public SortedSet<long> Open { get; } = [];

    public SpendSums Spend { get; } = new();

    public long BeginTransaction()
    {
        Open.Add(++_transactions);
        return _transactions;
    }

    /// <summary>No row of an earlier transaction can still appear.</summary>
    public long Settled => Open.Count > 0 ? Open.Min : _transactions + 1;

    /// <summary>As the real tables' identity: drawn when the row is inserted, not when it is committed.</summary>
    public long NextEntry() => ++_entries;

    public void Insert(StoredAlert alert)
    {
        Alerts.Add(alert.Entry, alert);
        AlertsById.Add(alert.Alert.Id, alert);
    }

    public void Replace(Alert content)
    {
        var stored = AlertsById[content.Id] with { Alert = AlertDocument.Read(AlertDocument.ToJson(content)) };
        Alerts[stored.Entry] = AlertsById[content.Id] = stored;
    }

    public void Remove(StoredAlert alert)
    {
        Alerts.Remove(alert.Entry);
        AlertsById.Remove(alert.Alert.Id);
        foreach (var key in Deliveries.Keys.Where(k => k.AlertId == alert.Alert.Id).ToList()) Deliveries.Remove(key);
    }

    public void Put(AlertEvaluation evaluation)
    {
        var row = EvaluationRow.Of(evaluation);
        var (key, due) = (EvaluationKey.Of(row), Stored.Of(row.DueAt));
        if (Evaluations.TryGetValue(key, out var known))
        {
            Evaluations[key] = known with { DueAt = due < known.DueAt ? due : known.DueAt, Cause = row.Cause > known.Cause ? row.Cause : known.Cause };
        }
        else
        {
            Evaluations.Add(key, row with { DueAt = due });
        }
    }

    public void Add(DeliveryKey key, DateTimeOffset now) =>
        Deliveries.TryAdd(key, new StoredDelivery(key.Channel, key.Resolves, DeliveryState.Pending, 0, Stored.Of(now), Stored.Of(now), null, null));

    public void Drop(DeliveryKey key, DateTimeOffset now)
    {
        if (Deliveries[key].State == DeliveryState.Pending) Deliveries[key] = Deliveries[key] with { State = DeliveryState.Dropped, EndedAt = Stored.Of(now) };
    }

    public void DropOf(string channel, DateTimeOffset now)
    {
        foreach (var key in Deliveries.Keys.Where(k => k.Channel == channel).ToList()) Drop(key, now);
    }
}

/// <summary>Who spends: sums of the rows that the roll-up has passed.</summary>
internal sealed class SpendSums
{
    private const int User = 1;
    private const int Feature = 2;
    private const int MaxNames = 10;

    private readonly Dictionary<(string CostCenter, DateOnly Month, string Model), (long Spent, TokenCounts Tokens)> _models = [];
    private readonly Dictionary<(string CostCenter, DateOnly Month, int Kind, string Name), long> _shares = [];

    public void Add(string[] nodes, UsageRow row)
    {
        var month = Window.Containing(Period.Monthly, row.BookedDate);
        foreach (var node in nodes)
        {
            var key = (node, month, row.Model ?? "");
            var (spent, tokens) = _models.GetValueOrDefault(key);
            _models[key] = (spent + row.Cost.Nanos, new TokenCounts(
                tokens.Input + (row.InputTokens ?? 0), tokens.Cached + (row.CachedInputTokens ?? 0), tokens.CacheWrite + (row.CacheWriteTokens ?? 0),
                tokens.Output + (row.OutputTokens ?? 0), tokens.Reasoning + (row.ReasoningTokens ?? 0)));
            if (row.User != UsageRow.AnonymousUser) AddShare((node, month, User, row.User), row.Cost.Nanos);
            if (FeatureOf(row) is { Length: > 0 } feature) AddShare((node, month, Feature, feature), row.Cost.Nanos);
        }
    }

    public long SpentIn(string costCenter, DateOnly month) => _models.Where(m => m.Key.CostCenter == costCenter && m.Key.Month == month).Sum(m => m.Value.Spent);

    public SpendFacts Of(string costCenter, DateOnly date)
    {
        var month = Window.Containing(Period.Monthly, date);
        var models = _models.Where(m => m.Key.CostCenter == costCenter && m.Key.Month == month).Select(m => new ModelUse(m.Key.Model, new Money(m.Value.Spent), m.Value.Tokens));
        return new SpendFacts(
            [.. models.OrderByDescending(m => m.Spent).ThenBy(m => m.Model, StringComparer.Ordinal).Take(MaxNames)], SharesOf(costCenter, month, User),
            SharesOf(costCenter, month, Feature));
    }

    /// <summary>To the new names, from the ancestors that lose it, to those that gain it.</summary>
    public void Move(CostCenterMove move)
    {
        foreach (var (key, sum) in _models.Where(m => move.Moves(m.Key.CostCenter)).ToList())
        {
            AddModel(key with { CostCenter = move.NewNameOf(key.CostCenter) }, sum, 1);
            if (key.CostCenter == move.From) foreach (var node in move.Gaining) AddModel(key with { CostCenter = node }, sum, 1);
            if (key.CostCenter == move.From) foreach (var node in move.Losing) AddModel(key with { CostCenter = node }, sum, -1);
            _models.Remove(key);
        }

        foreach (var (key, spent) in _shares.Where(s => move.Moves(s.Key.CostCenter)).ToList())
        {
            AddShare(key with { CostCenter = move.NewNameOf(key.CostCenter) }, spent);
            if (key.CostCenter == move.From) foreach (var node in move.Gaining) AddShare(key with { CostCenter = node }, spent);
            if (key.CostCenter == move.From) foreach (var node in move.Losing) AddShare(key with { CostCenter = node }, -spent);
            _shares.Remove(key);
        }
    }

    private void AddModel((string CostCenter, DateOnly Month, string Model) key, (long Spent, TokenCounts Tokens) sum, int sign)
    {
        var (spent, t) = _models.GetValueOrDefault(key);
        var (more, u) = sum;
        _models[key] = (spent + sign * more, new TokenCounts(
            t.Input + sign * u.Input, t.Cached + sign * u.Cached, t.CacheWrite + sign * u.CacheWrite, t.Output + sign * u.Output, t.Reasoning + sign * u.Reasoning));
    }

    private System.Collections.Immutable.ImmutableArray<NamedSpend> SharesOf(string costCenter, DateOnly month, int kind) =>
    [
        .. _shares.Where(s => s.Key.CostCenter == costCenter && s.Key.Month == month && s.Key.Kind == kind).Select(s => new NamedSpend(s.Key.Name, new Money(s.Value)))
            .OrderByDescending(s => s.Spent).ThenBy(s => s.Name, StringComparer.Ordinal).Take(MaxNames),
    ];

    private void AddShare((string CostCenter, DateOnly Month, int Kind, string Name) key, long spent)
    {
        if (spent != 0) _shares[key] = _shares.GetValueOrDefault(key) + spent;
    }

    private static string? FeatureOf(UsageRow row)
    {
        if (row.TagsJson is null) return null;
        using var tags = System.Text.Json.JsonDocument.Parse(row.TagsJson);
        return tags.RootElement.TryGetProperty("feature", out var feature) ? feature.GetString() : null;
    }
}

internal sealed record EvaluationLock(EvaluationKey Key);

internal sealed record AlertLock(string Id);

internal sealed record DeliveryLock(DeliveryKey Key);

internal sealed record ChannelLock(string Name);

internal sealed record StateLock(string Grain);

internal sealed record RollUpLock
{
    public static readonly RollUpLock Instance = new();
}
