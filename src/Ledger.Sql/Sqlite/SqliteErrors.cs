using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace BudgetEngine.Ledger.Sql.Sqlite;

/// <summary>What SQLite's result codes mean for a caller, in words that say what to look at.</summary>
internal static class SqliteErrors
{
    public static Exception Translate(SqliteException e, string path) => e.SqliteErrorCode switch
    {
        raw.SQLITE_CONSTRAINT or raw.SQLITE_TOOBIG or raw.SQLITE_MISMATCH => new LedgerDataException($"The ledger refuses the data: {e.Message}", e),

        // An expression says so with the code of any wrong statement.
        raw.SQLITE_ERROR when e.Message.Contains("integer overflow", StringComparison.Ordinal) =>
            new LedgerDataException("The ledger refuses the data: a sum passes 64 bits.", e),
        raw.SQLITE_BUSY or raw.SQLITE_LOCKED => new LedgerContentionException($"Another process is writing to {path}.", e),
        raw.SQLITE_READONLY => new LedgerUnavailableException($"The ledger {path} is read-only: check the rights on the file and its directory.", e),
        raw.SQLITE_FULL => new LedgerUnavailableException($"There is no space left for the ledger {path}: the disk is full.", e),
        raw.SQLITE_CANTOPEN => new LedgerUnavailableException($"The ledger {path} cannot be opened: check that its directory exists and is writable.", e),
        raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB => new LedgerUnavailableException($"The file {path} is damaged or no ledger: restore a backup.", e),
        _ => new LedgerUnavailableException($"The ledger {path} failed: {e.Message}", e),
    };
}
