using BudgetEngine.Domain.Amounts;
using BudgetEngine.Ledger.Catalogs;
using BudgetEngine.Ledger.Sql.Nodes;
using BudgetEngine.Ledger.Sql.Storage;

namespace BudgetEngine.Ledger.Sql.Catalogs;

/// <summary>The decimals of all amounts, in a row of the counters.</summary>
internal sealed class CurrencyTable(LedgerDatabase database) : ILedgerCurrency
{
    private const string Counter = "currency_decimals";

    /// <summary>Whatever is there before the first amount is.</summary>
    private const string HasRecords = "select 1 where exists (select 1 from tenants) or exists (select 1 from budgets) or exists (select 1 from usage)";

    public Task FixAsync(Resolution resolution, LedgerUse use, string process, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async s =>
            {
                if (await ReadAsync(s, cancellationToken) == resolution.Decimals) return true;
                // From here on no tenant and no budget can be made, and no other process can fix another resolution.
                await AdminWrites.BeginAsync(s, cancellationToken);
                var isUsed = await s.AnyAsync(HasRecords, cancellationToken);
                var known = await ReadAsync(s, cancellationToken) ?? (isUsed ? Resolution.Nano.Decimals : null);
                if (known is { } decimals && decimals != resolution.Decimals)
                {
                    var mayChange = !isUsed && (use == LedgerUse.Alone || (use == LedgerUse.Shared && !await IsSharedAsync(s, process, cancellationToken)));
                    if (!mayChange) throw new LedgerCurrencyException(decimals, resolution.Decimals, isUsed);
                }

                return await s.ExecuteAsync(
                    "insert into counters (name, value) values (@name, @value) on conflict (name) do update set value = excluded.value", cancellationToken,
                    ("name", Counter), ("value", (long)resolution.Decimals)) == 1;
            },
            cancellationToken);

    private static async Task<int?> ReadAsync(LedgerSession s, CancellationToken cancellationToken)
    {
        var found = await s.ListAsync("select value from counters where name = @name", r => r.Int(), cancellationToken, ("name", Counter));
        return found.Count == 0 ? null : found[0];
    }

    /// <summary>Whether another process has a lease that runs.</summary>
    private static Task<bool> IsSharedAsync(LedgerSession s, string process, CancellationToken cancellationToken) =>
        s.AnyAsync(
            $"select 1 from leases where process <> @process and {s.Dialect.Later("renewed_at", "runs_micros")} > {s.Dialect.Now}", cancellationToken, ("process", process));
}
