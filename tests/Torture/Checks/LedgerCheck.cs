using BudgetEngine.TestKit.Engine;
using BudgetEngine.Torture.Traffic;

namespace BudgetEngine.Torture.Checks;

/// <summary>A row as it lies in the store.</summary>
internal sealed record StoredRow(string Id, string CostCenter, string User, long Cost);

/// <summary>Invariants 2 and 3, from outside: by the API, and in the store beside the engine.</summary>
internal sealed class LedgerCheck(Caller caller, Store store, Action<string> violated)
{
    public static async Task<HashSet<string>> IdsAsync(Store store, string tenant) =>
        [.. (await store.QueryAsync($"select request_id from usage where tenant = '{tenant}' and kind <> 2", r => r.GetString(0)))];

    /// <summary>Every record exactly once, at its cost, in its place; every balance the sum of its rows. The rows as exported.</summary>
    public async Task<List<Row>> RunAsync(Places places, History history)
    {
        var rows = await caller.ExportAsync(places.Tenant);
        var stored = await store.QueryAsync(
            $"select request_id, cost_center, user_name, cost from usage where tenant = '{places.Tenant}' and kind <> 2",
            r => new StoredRow(r.GetString(0), r.GetString(1), r.GetString(2), r.GetInt64(3)));
        Compare(history, rows.ConvertAll(r => new StoredRow(r.RequestId, r.CostCenter, r.User, r.Cost)), "the export");
        Compare(history, stored, "the store");
        Compare(Books.Of(rows, places.TracksUsers), await store.ReadBalancesAsync(places.Tenant));
        await ConsistentAsync();
        return rows;
    }

    /// <summary>Nothing of a tenant may change once its round is over.</summary>
    /// <param name="totals">Sums of whole tenants, of the rounds before; this round's are added.</param>
    public async Task EarlierRoundsAsync(Places places, Dictionary<string, (long Rows, long Cost)> totals)
    {
        var now = await TotalsAsync();
        foreach (var (tenant, known) in totals)
        {
            if (now.GetValueOrDefault(tenant) != known) violated($"tenant {tenant} was {known} after its round, and is {now.GetValueOrDefault(tenant)}");
        }

        totals[places.Tenant] = now.GetValueOrDefault(places.Tenant);
    }

    private async Task<Dictionary<string, (long Rows, long Cost)>> TotalsAsync() => (await store.QueryAsync(
        "select tenant, count(*), cast(sum(cost) as bigint) from usage group by tenant", r => (Tenant: r.GetString(0), Value: (r.GetInt64(1), r.GetInt64(2))))).ToDictionary(t => t.Tenant, t => t.Value);

    private async Task ConsistentAsync()
    {
        var answer = await caller.GetAsync("/v1/consistency");
        if (answer.Status != 200 || !answer.Body.GetProperty("consistent").GetBoolean()) violated($"/v1/consistency: {answer.Status} {answer.Text}");
    }

    private void Compare(History history, List<StoredRow> rows, string where)
    {
        foreach (var twice in rows.GroupBy(r => r.Id).Where(g => g.Count() > 1)) violated($"{twice.Key} is {twice.Count()} times in {where}");
        var byId = rows.DistinctBy(r => r.Id).ToDictionary(r => r.Id);
        foreach (var sent in history.Records.Values)
        {
            if (!byId.Remove(sent.Id, out var row))
            {
                if (sent.IsAcknowledged) violated($"{sent.Id} was acknowledged and is not in {where}");
            }
            else if ((row.CostCenter, row.User, row.Cost) != (sent.CostCenter, sent.User, sent.Cost))
            {
                violated($"{where} has {row}; sent was {sent.Id} of {sent.CostCenter}, {sent.User}, {sent.Cost}");
            }
        }

        foreach (var stranger in byId.Values) violated($"{where} has {stranger}, which nobody sent");
    }

    private void Compare(Dictionary<BookKey, BookValue> expected, Dictionary<BookKey, BookValue> actual)
    {
        foreach (var key in expected.Keys.Union(actual.Keys))
        {
            var (sum, balance) = (expected.GetValueOrDefault(key), actual.GetValueOrDefault(key));
            if (sum != balance) violated($"{key}: its rows are {sum}, its balance is {balance}");
        }
    }
}
