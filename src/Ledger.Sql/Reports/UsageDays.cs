using System.Text.Json;
using BudgetEngine.Domain.Reports;
using BudgetEngine.Ledger.Sql.Records;
using BudgetEngine.Ledger.Sql.Storage;

namespace BudgetEngine.Ledger.Sql.Reports;

/// <summary>How rows of <c>usage_days</c> are read, kept bounded, and added to.</summary>
internal static class UsageDays
{
    /// <summary>Names of one dimension, cost center and date that have a row of their own; what comes later that day goes to the rest.</summary>
    public const int MaxNames = 500;

    /// <summary>Columns that are sums, in the order of <see cref="UsageTally.Numbers"/>.</summary>
    public static readonly string[] Numbers =
    [
        "spent", "spent_on_failures", "requests", "failed_requests", "input_tokens", "cached_input_tokens", "cache_write_tokens", "output_tokens", "reasoning_tokens",
        "latencies", "latency_micros",
    ];

    private static readonly (string Name, string Type)[] _keyColumns = [("dimension", "bigint"), ("cost_center", "text"), ("booked_date", "date"), ("name", "text")];

    private static readonly (string Name, string Type)[] _columns = [.. _keyColumns, .. Numbers.Select(n => (n, "bigint")), ("histogram", "text")];

    private static readonly string OnConflict =
        $"""
        on conflict (dimension, cost_center, booked_date, name) do update
        set {string.Join(", ", Numbers.Select(n => $"{n} = {SaturatingSql.Add("m." + n, "excluded." + n)}"))},
            histogram = case when excluded.histogram = '' then m.histogram else excluded.histogram end
        """;

    /// <summary>The sums of many rows of <c>d</c>, in the order of <see cref="ReadSum"/>.</summary>
    public static string SelectSums(Dialect dialect) => string.Join(", ", Numbers.Select(n => $"coalesce({dialect.Sum("d." + n)}, 0)"));

    public static UsageSum ReadSum(RowReader r) => new(
        r.Money(), r.Money(), r.Long(), r.Long(), r.Long(), r.Long(), r.Long(), r.Long(), r.Long(), r.Long(), r.Long());

    /// <summary>Moves names that find no room to the rest, and adds what is stored to the histograms.</summary>
    /// <returns>What is to be added, in the order of the keys.</returns>
    public static async Task<KeyValuePair<UsageDayKey, UsageTally>[]> PlacedAsync(
        LedgerSession s, Dictionary<UsageDayKey, UsageTally> sums, CancellationToken cancellationToken)
    {
        UsageDayKey[] keys = [.. sums.Keys.Order()];
        var stored = await StoredAsync(s, keys, cancellationToken);
        var fresh = keys.Where(k => k.Name.Length > 0 && !stored.ContainsKey(k)).ToList();
        var room = await RoomAsync(s, fresh, cancellationToken);
        var rests = new HashSet<UsageDayKey>();
        foreach (var key in fresh)
        {
            if (--room[(key.Code, key.CostCenter, key.Date)] >= 0) continue;
            sums.Remove(key, out var tally);
            if (rests.Add(key.Rest())) sums.Add(key.Rest(), tally!);
            else sums[key.Rest()].Add(tally!, withLatencies: true);
        }

        AddHistograms(sums, stored);
        // A rest may have a histogram too, of a model that found no room.
        if (rests.Count > 0) AddHistograms(sums, await StoredAsync(s, rests, cancellationToken));
        return [.. sums.OrderBy(sum => sum.Key)];
    }

    public static Task AddAsync(LedgerSession s, KeyValuePair<UsageDayKey, UsageTally>[] sums, CancellationToken cancellationToken) =>
        s.InsertAsync("usage_days as m", _columns, OnConflict, sums, Write, cancellationToken);

    /// <summary>Puts whole histograms in the place of what is stored.</summary>
    public static Task SetHistogramsAsync(LedgerSession s, SortedDictionary<UsageDayKey, LatencyHistogram> histograms, CancellationToken cancellationToken)
    {
        if (histograms.Count == 0) return Task.CompletedTask;
        var json = JsonRows.Of(histograms, (to, histogram) =>
        {
            WriteKey(s.Dialect, to, histogram.Key);
            to.WriteString("histogram", histogram.Value.ToString());
        });
        return s.ExecuteAsync(
            $"""
            update usage_days as m set histogram = r.histogram from {s.Dialect.Rows("@rows", "r", [.. _keyColumns, ("histogram", "text")])}
            where m.dimension = r.dimension and m.cost_center = r.cost_center and m.booked_date = r.booked_date and m.name = r.name
            """,
            cancellationToken, ("rows", json));
    }

    /// <summary>What the rows of these keys come to, by name.</summary>
    public static async Task<Dictionary<string, UsageSum>> SumsByNameAsync(LedgerSession s, IEnumerable<UsageDayKey> keys, CancellationToken cancellationToken)
    {
        var sums = await s.ListAsync(
            $"select d.name, {SelectSums(s.Dialect)} from {FromKeys(s.Dialect)} group by d.name", r => (Name: r.Text(), Sum: ReadSum(r)), cancellationToken, KeysOf(s.Dialect, keys));
        return sums.ToDictionary(n => n.Name, n => n.Sum, StringComparer.Ordinal);
    }

    /// <summary>Those of the keys that are stored, with their histograms.</summary>
    private static async Task<Dictionary<UsageDayKey, string>> StoredAsync(LedgerSession s, IEnumerable<UsageDayKey> keys, CancellationToken cancellationToken)
    {
        var rows = await s.ListAsync(
            $"select d.dimension, d.cost_center, d.booked_date, d.name, d.histogram from {FromKeys(s.Dialect)}",
            r => (Key: UsageDayKey.Of(r.Long(), r.Text(), r.Date(), r.Text()), Histogram: r.Text()), cancellationToken, KeysOf(s.Dialect, keys));
        return rows.ToDictionary(r => r.Key, r => r.Histogram);
    }

    private static string FromKeys(Dialect dialect) =>
        $"{dialect.Rows("@keys", "k", _keyColumns)} join usage_days d on d.dimension = k.dimension and d.cost_center = k.cost_center and d.booked_date = k.booked_date and d.name = k.name";

    private static (string, object?) KeysOf(Dialect dialect, IEnumerable<UsageDayKey> keys) => ("keys", JsonRows.Of(keys, (to, key) => WriteKey(dialect, to, key)));

    /// <summary>How many names more each dimension of a cost center's date has room for.</summary>
    private static async Task<Dictionary<(long Code, string CostCenter, DateOnly Date), int>> RoomAsync(
        LedgerSession s, List<UsageDayKey> fresh, CancellationToken cancellationToken)
    {
        var room = new Dictionary<(long, string, DateOnly), int>();
        foreach (var key in fresh) room[(key.Code, key.CostCenter, key.Date)] = MaxNames;
        if (room.Count == 0) return room;
        var json = JsonRows.Of(room.Keys, (to, group) => WriteKey(s.Dialect, to, UsageDayKey.Of(group.Item1, group.Item2, group.Item3, "")));
        var counted = await s.ListAsync(
            $"""
            select d.dimension, d.cost_center, d.booked_date, count(*) from {s.Dialect.Rows("@keys", "k", _keyColumns)}
            join usage_days d on d.dimension = k.dimension and d.cost_center = k.cost_center and d.booked_date = k.booked_date
            group by d.dimension, d.cost_center, d.booked_date
            """,
            r => (Group: (r.Long(), r.Text(), r.Date()), Count: r.Int()), cancellationToken, ("keys", json));
        foreach (var (group, count) in counted) room[group] = MaxNames - count;
        return room;
    }

    private static void AddHistograms(Dictionary<UsageDayKey, UsageTally> sums, Dictionary<UsageDayKey, string> stored)
    {
        foreach (var (key, histogram) in stored)
        {
            if (histogram.Length > 0) sums[key].Histogram?.AddText(histogram);
        }
    }

    private static void Write(KeyValuePair<UsageDayKey, UsageTally> row, IColumnSink to)
    {
        var (key, sum) = row;
        to.Number(key.Code);
        to.Text(key.CostCenter);
        to.Date(key.Date);
        to.Text(key.Name);
        foreach (var number in sum.Numbers) to.Number(number);
        to.Text(sum.Histogram?.ToString() ?? "");
    }

    private static void WriteKey(Dialect dialect, Utf8JsonWriter to, UsageDayKey key)
    {
        to.WriteNumber("dimension", key.Code);
        to.WriteString("cost_center", key.CostCenter);
        dialect.WriteDate(to, "booked_date", key.Date);
        to.WriteString("name", key.Name);
    }
}
