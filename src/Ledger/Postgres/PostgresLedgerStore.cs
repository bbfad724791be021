namespace BudgetEngine.Ledger;
public sealed class PostgresLedgerStore : LedgerStore
{
    public PostgresLedgerStore(LedgerOptions options) : base(new SqliteDatabase(options)) { }
    public override string Description => throw new NotImplementedException();
    public override Task<BatchResult> CommitAsync(LedgerBatch batch, CancellationToken cancellationToken) => throw new NotImplementedException();
    public override Task<long> OpenAsync(bool migrate, bool exclusive, CancellationToken cancellationToken) => throw new NotImplementedException();
    public override Task<DateTimeOffset> RenewLeaseAsync(string process, long epoch, CancellationToken cancellationToken) => throw new NotImplementedException();
}
