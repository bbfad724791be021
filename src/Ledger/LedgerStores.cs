namespace BudgetEngine.Ledger;

/// <summary>Makes the store that the options name. It must be opened before use.</summary>
public static class LedgerStores
{
    public static ILedgerStore Create(LedgerOptions options) =>
        string.IsNullOrWhiteSpace(options.Postgres) ? new SqliteLedgerStore(options) : new PostgresLedgerStore(options);
}
