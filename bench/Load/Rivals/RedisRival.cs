using BudgetEngine.Load.Loads;

namespace BudgetEngine.Load.Rivals;

/// <summary>Redis: one script per request, counters and limits of every level, holds that end once, records kept once by their id.</summary>
internal sealed class RedisRival : IRival
{
    public const string Verb = "serve-redis";

    private const string Ttl = "600";

    /// <summary>90 days, as the engine keeps them.</summary>
    private const string Retention = "7776000";

    private readonly RedisConnection _redis;

    private RedisRival(RedisConnection redis) => _redis = redis;

    public static async Task<int> RunAsync(string port, int redisPort)
    {
        var rival = new RedisRival(await RedisConnection.OpenAsync(redisPort));
        foreach (var script in RedisScripts.All) await rival._redis.CommandAsync("SCRIPT", "LOAD", script.Text);
        await rival.CreateAsync(CostCenters.AllOfLoad(), RivalAmounts.Limit);
        await rival.CreateAsync([CostCenters.SpentTenant], 0);
        var below = CostCenters.AllDepartments(CostCenters.SpentTenant).Concat(CostCenters.AllLeaves(CostCenters.SpentTenant));
        await rival.CreateAsync(below, RivalAmounts.Limit);
        return await RivalHost.RunAsync(port, rival);
    }

    public async ValueTask<bool> CheckAsync(string costCenter, string reservation)
    {
        var (leaf, department, tenant) = Nodes(costCenter);
        return await _redis.CallAsync(RedisScripts.Check, [leaf, department, tenant, Hold(reservation)], RedisScripts.Text(RivalAmounts.Held), null, Ttl) == 1;
    }

    public async ValueTask<bool> ReleaseAsync(string costCenter, string reservation)
    {
        var (leaf, department, tenant) = Nodes(costCenter);
        return await _redis.CallAsync(RedisScripts.Release, [leaf, department, tenant, Hold(reservation)], "") == 1;
    }

    public async ValueTask<bool> SettleAsync(string costCenter, string reservation, RivalRecord record)
    {
        var (leaf, department, tenant) = Nodes(costCenter);
        string[] keys = [leaf, department, tenant, Hold(reservation), Record(costCenter, record.RequestId)];
        return await _redis.CallAsync(RedisScripts.Settle, keys, RedisScripts.Text(RivalAmounts.Cost), record.Json, Retention) == 1;
    }

    public async ValueTask<bool> PostAsync(string costCenter, RivalRecord record)
    {
        var (leaf, department, tenant) = Nodes(costCenter);
        string[] keys = [leaf, department, tenant, Record(costCenter, record.RequestId)];
        return await _redis.CallAsync(RedisScripts.Post, keys, RedisScripts.Text(RivalAmounts.Cost), record.Json, Retention) == 1;
    }

    public async ValueTask<Totals> TotalsAsync()
    {
        var (leaves, spent, held) = (await SumAsync("d"), await SumAsync("m"), await SumAsync("h"));
        if (leaves != spent) throw new InvalidOperationException("Redis' days and months differ.");
        var nodes = CostCenters.AllOfLoad().Count() + 1 + CostCenters.AllDepartments(CostCenters.SpentTenant).Concat(CostCenters.AllLeaves(CostCenters.SpentTenant)).Count();
        return new Totals(spent, held, await _redis.CommandAsync("DBSIZE") - nodes);
    }

    public ValueTask DisposeAsync()
    {
        _redis.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>Of a figure over all leaves; both other levels must come to the same.</summary>
    private async Task<long> SumAsync(string figure)
    {
        var levels = new long[3];
        foreach (var costCenter in CostCenters.AllOfLoad())
        {
            levels[costCenter.Count(c => c == '/')] += await _redis.CallAsync(RedisScripts.Read, [Node(costCenter)], figure);
        }

        return levels[0] == levels[1] && levels[1] == levels[2] ? levels[2] : throw new InvalidOperationException($"Redis' levels differ: {string.Join(", ", levels)}.");
    }

    private async Task CreateAsync(IEnumerable<string> costCenters, long limit)
    {
        foreach (var costCenter in costCenters) await _redis.CallAsync(RedisScripts.Create, [Node(costCenter)], RedisScripts.Text(limit));
    }

    private static (string Leaf, string Department, string Tenant) Nodes(string leaf)
    {
        var (first, last) = (leaf.IndexOf('/'), leaf.LastIndexOf('/'));
        return (Node(leaf), Node(leaf[..last]), Node(leaf[..first]));
    }

    private static string Node(string costCenter) => "b:" + costCenter;

    private static string Hold(string reservation) => "h:" + reservation;

    private static string Record(string costCenter, string requestId) => $"u:{costCenter.AsSpan(0, costCenter.IndexOf('/'))}:{requestId}";
}
