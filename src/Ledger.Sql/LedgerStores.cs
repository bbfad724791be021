using BudgetEngine.Ledger.Sql.Postgres;
using BudgetEngine.Ledger.Sql.Sqlite;

namespace BudgetEngine.Ledger.Sql;

/// <summary>Makes the store that the options name. It must be opened before use.</summary>
public static class LedgerStores
{
    /// <param name="clock">The ledger's clock where that is in this process (SQLite); the machine's by default.</param>
    public static LedgerStore Create(LedgerOptions options, TimeProvider? clock = null) =>
        string.IsNullOrWhiteSpace(options.Postgres) ? new SqliteLedgerStore(options, clock) : new PostgresLedgerStore(options);
}
