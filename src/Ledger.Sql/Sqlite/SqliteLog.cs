using Microsoft.Data.Sqlite;

namespace BudgetEngine.Ledger.Sql.Sqlite;

/// <summary>
/// How far SQLite's log (the <c>-wal</c> file) may grow before it is folded into the database. Up to 64 MB, so that a page that many batches change is written
/// back once; but at most a share of the space that is left, since a log that fills the disk cannot be folded in any more: that needs space too.
/// </summary>
internal static class SqliteLog
{
    private const int MaxPages = 16_000;
    private const int MinPages = 100;
    private const int PageSize = 4_096;
    private const int ShareOfFreeSpace = 8;

    /// <summary>Sets the bound by the space that there is now, and folds in what an earlier connection has left: after a full disk the log may be all that fills it.</summary>
    public static void Bound(SqliteConnection connection, string path)
    {
        var pages = Math.Clamp((FreeBytes(path) ?? long.MaxValue) / ShareOfFreeSpace / PageSize, MinPages, MaxPages);
        Run(connection, $"pragma wal_autocheckpoint = {pages}; pragma journal_size_limit = {pages * PageSize};");
        try
        {
            // Passive: it waits for nobody who reads.
            Run(connection, "pragma wal_checkpoint(passive);");
        }
        catch (SqliteException)
        {
            // Safe: the log is as durable as the database, and whether there is space shows at the next commit, which reports it.
        }
    }

    /// <summary>Null where the system does not tell.</summary>
    private static long? FreeBytes(string path)
    {
        try
        {
            var full = Path.GetFullPath(path);
            return new DriveInfo((OperatingSystem.IsWindows() ? Path.GetPathRoot(full) : Path.GetDirectoryName(full))!).AvailableFreeSpace;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            // Safe: the bound is then the one of a large disk.
            return null;
        }
    }

    private static void Run(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
