using BudgetEngine.Load.Rivals;
using BudgetEngine.Load.Servers;

namespace BudgetEngine.Load.Limit;

/// <summary>
/// What is left of the engine without actors and budgets: the same web server and JSON, a check that looks at nothing, and a durable row with one balance per node in a
/// shared commit. No engine that keeps the same rows can settle faster, so what the engine reaches is judged as a share of it.
/// </summary>
internal sealed class LimitRival(ILimitStore store) : IRival
{
    public const string Verb = "serve-limit";

    private readonly GroupCommit _commits = new(store);

    /// <param name="kind">Which store: <see cref="Workspace.Sqlite"/> or <see cref="Workspace.Postgres"/>.</param>
    /// <param name="place">SQLite's folder, or PostgreSQL's connection string.</param>
    public static async Task<int> RunAsync(string port, string kind, string place)
    {
        ILimitStore store = kind == Workspace.Postgres ? await PostgresLimit.OpenAsync(place) : await SqliteLimit.OpenAsync(place);
        return await RivalHost.RunAsync(port, new LimitRival(store));
    }

    public ValueTask<bool> CheckAsync(string costCenter, string reservation) => ValueTask.FromResult(true);

    public ValueTask<bool> ReleaseAsync(string costCenter, string reservation) => ValueTask.FromResult(true);

    public ValueTask<bool> SettleAsync(string costCenter, string reservation, RivalRecord record) => PostAsync(costCenter, record);

    public ValueTask<bool> PostAsync(string costCenter, RivalRecord record) => new(_commits.AddAsync(new LimitRecord(costCenter, record)));

    public ValueTask<Totals> TotalsAsync() => ValueTask.FromResult(store.Totals());

    public ValueTask DisposeAsync()
    {
        _commits.Dispose();
        return ValueTask.CompletedTask;
    }
}
