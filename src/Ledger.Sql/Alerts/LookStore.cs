namespace BudgetEngine.Ledger;

/// <summary>Looks for missing alerts: each call one transaction.</summary>
internal sealed class LookStore(LedgerDatabase database) : ILedgerLooks
{
    public Task<LookResult> LookAsync(IReadOnlyList<Look> looks, AlertContext context, CancellationToken cancellationToken) =>
        looks.Count == 0
            ? Task.FromResult(LookResult.Nothing)
            : database.WriteAsync(s => new AlertLook(new SqlLook(s), context).LookAsync(looks, cancellationToken), cancellationToken);

    public Task<LookResult> SweepAsync(IReadOnlyList<Look> told, int limit, AlertContext context, CancellationToken cancellationToken) =>
        database.WriteAsync(s => new AlertLook(new SqlLook(s), context).SweepAsync(told, limit, cancellationToken), cancellationToken);

    public Task<IReadOnlyList<string>> ReadDueChannelsAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<string>>(async s => await DeliveryTable.DueChannelsAsync(s, now, limit, cancellationToken), cancellationToken);
}
