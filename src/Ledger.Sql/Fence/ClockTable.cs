using BudgetEngine.Ledger.Fence;
using BudgetEngine.Ledger.Sql.Storage;

namespace BudgetEngine.Ledger.Sql.Fence;

/// <summary>The ledger's clock, and what it was when a process last proved that it can write.</summary>
internal sealed class ClockTable(LedgerDatabase database) : ILedgerClock
{
    public Task<LedgerInstants> ReadAsync(CancellationToken cancellationToken) =>
        database.ReadAsync(
            async s => (await s.FirstAsync(
                $"select {s.Dialect.Now}, (select max(renewed_at) from leases)", r => new LedgerInstants(r.Time(), r.TimeOrNull()), cancellationToken))!,
            cancellationToken);
}
