using BudgetEngine.Ledger.Reports;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace BudgetEngine.Ledger.Sql.Sqlite;

/// <summary>
/// Looks through the file by SQLite's own <c>quick_check</c>: garbage on a page shows otherwise only to whoever reads that page, perhaps months later. It reads every page, so it is
/// bounded by time: of a larger file it looks through as much as fits.
/// </summary>
internal static class SqliteFileCheck
{
    /// <summary>At a start, which waits for it. Enough for 1 GB or more, most of which the system still has in memory.</summary>
    public static readonly TimeSpan AtStart = TimeSpan.FromSeconds(2);

    /// <summary>When a person asks.</summary>
    public static readonly TimeSpan WhenAsked = TimeSpan.FromSeconds(10);

    private const int MaxFaults = 10;

    /// <summary>SQLite looks at the time once in so many of its steps.</summary>
    private const int StepsPerLook = 1_000;

    public static FileCheck Run(SqliteConnection connection, TimeSpan within)
    {
        var (clock, faults) = (TimeProvider.System, new List<string>());
        var began = clock.GetTimestamp();
        raw.sqlite3_progress_handler(connection.Handle, StepsPerLook, _ => clock.GetElapsedTime(began) > within ? 1 : 0, null);
        try
        {
            using var command = connection.CreateCommand();
            command.CommandText = $"pragma quick_check({MaxFaults})";
            using var reader = command.ExecuteReader();
            while (reader.Read())
            {
                if (reader.GetString(0) is not "ok" and var fault) faults.Add(fault);
            }

            return new FileCheck(IsWhole: true, faults);
        }
        catch (SqliteException interrupted) when (interrupted.SqliteErrorCode == raw.SQLITE_INTERRUPT)
        {
            return new FileCheck(IsWhole: false, faults);
        }
        catch (SqliteException damaged) when (damaged.SqliteErrorCode == raw.SQLITE_CORRUPT)
        {
            // The check itself goes over the rows of every table, and ends at one that it cannot read.
            if (faults.Count == 0) faults.Add(damaged.Message);
            return new FileCheck(IsWhole: false, faults);
        }
        finally
        {
            raw.sqlite3_progress_handler(connection.Handle, 0, null, null);
        }
    }
}
