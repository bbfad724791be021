using BudgetEngine.Ledger;
using BudgetEngine.Ledger.Sql;
using BudgetEngine.Ledger.Sql.Copying;
using BudgetEngine.Silo.Configuration;

namespace BudgetEngine.Silo.Commands;

/// <summary><c>copy</c>: a whole ledger from SQLite to PostgreSQL or back, compared row by row. No engine runs on either meanwhile; broken off, it goes on when run again.</summary>
internal static class CopyCommand
{
    /// <param name="configuration">Where it is copied from.</param>
    /// <param name="toPostgres">A connection string; null: to SQLite in <paramref name="toData"/>.</param>
    public static async Task<int> RunAsync(string[] configuration, string? toPostgres, string? toData, CancellationToken cancellationToken)
    {
        var source = LedgerPlace.Read(configuration);
        // Beside the target nothing else is said: an environment's connection string is that of the source.
        source = toPostgres is null ? source : source with { Postgres = null };
        await using var from = LedgerStores.Create(source);
        await using var to = LedgerStores.Create(source with { Postgres = toPostgres, DataDirectory = toData ?? source.DataDirectory });
        await from.OpenAsync(migrate: true, LedgerUse.Alone, cancellationToken);
        await to.OpenAsync(migrate: true, LedgerUse.Copy, cancellationToken);
        await new LedgerCopy(from, to, step => Console.Error.WriteLine($"{(step.Verifying ? "compared" : "copied")} {step.Table}: {step.Rows:N0} rows")).RunAsync(cancellationToken);
        Console.WriteLine($"{from.Description} is copied to {to.Description}; every row was compared.");
        return 0;
    }
}
