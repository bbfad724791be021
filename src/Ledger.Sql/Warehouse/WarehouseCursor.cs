using BudgetEngine.Domain.Usage;
using BudgetEngine.Ledger.Sql.Records;
using BudgetEngine.Ledger.Sql.Storage;
using BudgetEngine.Ledger.Warehouse;

namespace BudgetEngine.Ledger.Sql.Warehouse;

/// <summary>How far the warehouse has the rows.</summary>
internal sealed class WarehouseCursor(LedgerDatabase database) : ILedgerWarehouse
{
    public Task<WarehouseBatch?> NextAsync(int limit, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async s =>
            {
                var (at, next) = Columns(s.Dialect);
                // Locked, so that two processes open one batch, not two of the same number.
                var (number, isOpen) = (await s.ListAsync(
                    $"select batch, ({at}) <> ({next}) from warehouse_cursor {s.Dialect.ForUpdate}", r => (r.Long(), r.Flag()), cancellationToken))[0];
                if (isOpen) return new WarehouseBatch(number, await RowsAsync(s, cancellationToken));
                var keys = await s.ListAsync(
                    $"""
                    select u.tenant, u.request_id from usage u
                    where u.kind <> 2 and ({s.Dialect.RollUpPosition}) > (select {at} from warehouse_cursor) and {s.Dialect.RollUpSettled}
                    order by {s.Dialect.RollUpPosition} limit @limit
                    """,
                    r => (Tenant: r.Text(), RequestId: r.Text()), cancellationToken, ("limit", (long)limit));
                if (keys.Count == 0) return null;
                await s.ExecuteAsync(
                    $"""
                    update warehouse_cursor set batch = batch + 1, ({next}) =
                        (select {s.Dialect.RollUpPosition} from usage u where u.tenant = @tenant and u.request_id = @request_id and u.kind <> 2)
                    """,
                    cancellationToken, ("tenant", keys[^1].Tenant), ("request_id", keys[^1].RequestId));
                return (WarehouseBatch?)new WarehouseBatch(number + 1, await RowsAsync(s, cancellationToken));
            },
            cancellationToken);

    public Task ConfirmAsync(long number, CancellationToken cancellationToken) =>
        database.WriteAsync(
            s =>
            {
                var (at, next) = Columns(s.Dialect);
                return s.ExecuteAsync($"update warehouse_cursor set ({at}) = (select {next} from warehouse_cursor) where batch = @batch", cancellationToken, ("batch", number));
            },
            cancellationToken);

    private static async Task<IReadOnlyList<UsageRow>> RowsAsync(LedgerSession s, CancellationToken cancellationToken)
    {
        var (at, next) = Columns(s.Dialect);
        return await s.ListAsync(
            $"""
            select {UsageColumns.Select} from usage u
            where u.kind <> 2 and ({s.Dialect.RollUpPosition}) > (select {at} from warehouse_cursor) and ({s.Dialect.RollUpPosition}) <= (select {next} from warehouse_cursor)
            order by {s.Dialect.RollUpPosition}
            """,
            UsageColumns.Read, cancellationToken);
    }

    private static (string At, string Next) Columns(Dialect dialect) =>
        (dialect.RollUpCursor, string.Join(", ", dialect.RollUpCursor.Split(", ").Select(c => "next_" + c)));
}
