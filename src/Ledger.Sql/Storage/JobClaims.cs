namespace BudgetEngine.Ledger.Sql.Storage;

/// <summary>Which process works on which jobs of a table: each for a while by the ledger's clock.</summary>
/// <param name="running">Jobs that the process has and works on.</param>
internal sealed class JobClaims(LedgerSession s, string table, string process, IReadOnlyCollection<string> running, TimeSpan lease)
{
    /// <summary>An order: whose last turn is longest ago, or who never had one.</summary>
    public const string LongestWaiting = "runner_until nulls first, created_at, id";

    /// <summary>A condition: nobody has it, and it is not among those that run here.</summary>
    public string IsFree => $"not ({s.Dialect.In("id", "@running")}) and (runner is null or runner = @runner or runner_until < {s.Dialect.Now})";

    public (string, object?)[] Parameters => [("runner", process), ("running", running.ToArray())];

    /// <summary>Those that run here stay here.</summary>
    public async Task KeepAsync(CancellationToken cancellationToken)
    {
        if (running.Count == 0) return;
        await s.ExecuteAsync(
            $"update {table} set runner_until = {Until} where runner = @runner and {s.Dialect.In("id", "@running")}", cancellationToken, [.. Parameters, Lease]);
    }

    /// <summary>Takes these, as far as they are free still. Who had them before saves nothing more.</summary>
    public async Task<List<T>> TakeAsync<T>(string isOpen, IReadOnlyCollection<string> ids, string columns, Func<RowReader, T> read, CancellationToken cancellationToken) =>
        ids.Count == 0 ? [] : await s.ListAsync(
            $"update {table} set runner = @runner, runner_until = {Until}, version = version + 1 where {isOpen} and {s.Dialect.In("id", "@ids")} and {IsFree} returning {columns}", read, cancellationToken,
            [.. Parameters, Lease, ("ids", ids.ToArray())]);

    private string Until => s.Dialect.Later(s.Dialect.Now, "@lease");

    private (string, object?) Lease => ("lease", lease.Ticks / TimeSpan.TicksPerMicrosecond);
}
