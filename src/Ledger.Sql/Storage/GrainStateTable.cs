using BudgetEngine.Ledger.Alerts;

namespace BudgetEngine.Ledger.Sql.Storage;

/// <summary>What grains keep of their own.</summary>
internal sealed class GrainStateTable(LedgerDatabase database) : ILedgerGrainStates
{
    public Task<StoredState?> ReadStateAsync(string grain, CancellationToken cancellationToken) =>
        database.ReadAsync(
            s => s.FirstAsync<StoredState>(
                "select state, etag from grain_states where grain = @grain", r => new StoredState(r.Text(), r.Long()), cancellationToken, ("grain", grain)),
            cancellationToken);

    public Task<long?> WriteStateAsync(string grain, string state, long etag, CancellationToken cancellationToken) =>
        database.WriteAsync<long?>(
            async s =>
            {
                var written = etag == 0
                    ? await s.ExecuteAsync(
                        "insert into grain_states (grain, state, etag) values (@grain, @state, 1) on conflict (grain) do nothing", cancellationToken, ("grain", grain),
                        ("state", state))
                    : await s.ExecuteAsync(
                        "update grain_states set state = @state, etag = etag + 1 where grain = @grain and etag = @etag", cancellationToken, ("grain", grain),
                        ("state", state), ("etag", etag));
                return written == 1 ? etag + 1 : null;
            },
            cancellationToken);

    public Task<bool> ClearStateAsync(string grain, long etag, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async s => await s.ExecuteAsync("delete from grain_states where grain = @grain and etag = @etag", cancellationToken, ("grain", grain), ("etag", etag)) == 1,
            cancellationToken);
}
