using System.Data.Common;
using System.Text.Json;

namespace BudgetEngine.Ledger.Sql.Storage;

/// <summary>
/// What differs between the two databases in statements that are otherwise the same text: how instants, dates and ids are stored,
/// how a list becomes a table, and what an error means.
/// </summary>
internal abstract class Dialect
{
    /// <summary>The ledger's clock, as an instant.</summary>
    public abstract string Now { get; }

    /// <summary>A select that has a row when the table of migrations is there.</summary>
    public abstract string FindMigrations { get; }

    /// <summary>The column type of an instant.</summary>
    public abstract string TimeType { get; }

    /// <summary>Ends a select of rows of <c>usage u</c>: locks them for this transaction, and passes over those that another one has locked.</summary>
    public abstract string SkipLocked { get; }

    /// <summary>End a select of one table: its rows stay as they are until this transaction ends, or nobody else may lock them either.</summary>
    public abstract string ForShare { get; }

    public abstract string ForUpdate { get; }

    /// <summary>An instant and a number of microseconds after it.</summary>
    public abstract string Later(string time, string micros);

    /// <summary>What to pass to the driver for a value of our own types.</summary>
    public abstract object Value(object value);

    public abstract DateTimeOffset Time(DbDataReader reader, int column);

    public abstract DateOnly Date(DbDataReader reader, int column);

    public abstract Guid Id(DbDataReader reader, int column);

    public abstract string[] Texts(DbDataReader reader, int column);

    public abstract long[] Numbers(DbDataReader reader, int column);

    /// <summary>A select of the elements of an array parameter.</summary>
    public abstract string Elements(string parameter);

    /// <summary>A condition: the column is one of the elements of an array parameter.</summary>
    public abstract string In(string column, string parameter);

    /// <summary>A text column that is read from its row, not looked up in an index: where an index leads to few rows already.</summary>
    public virtual string Read(string column) => column;

    /// <summary>A from-item of the objects in a JSON array; the types are <c>text</c>, <c>bigint</c>, <c>date</c>, <c>timestamp</c>; for inserts, <c>bytea</c>.</summary>
    public abstract string Rows(string parameter, string alias, params (string Name, string Type)[] columns);

    /// <summary>Writes a date into such an array.</summary>
    public abstract void WriteDate(Utf8JsonWriter json, string name, DateOnly date);

    /// <summary>Writes an instant into such an array.</summary>
    public abstract void WriteTime(Utf8JsonWriter json, string name, DateTimeOffset time);

    /// <summary>Columns of <c>usage u</c> that order rows for the cursor of the roll-ups; <see cref="RollUpCursor"/>: those of the cursor.</summary>
    public abstract string RollUpPosition { get; }

    public abstract string RollUpCursor { get; }

    /// <summary>By what a row of <c>usage u</c> is found soonest, within one statement.</summary>
    public abstract string RowAddress { get; }

    /// <summary>Orders rows of <c>usage u</c> of the same instant, so that pages follow each other.</summary>
    public abstract string SameInstantOrder { get; }

    /// <summary>The column of <c>usage</c> whose values grow from batch to batch.</summary>
    public abstract string RowNumber { get; }

    /// <summary>An expression, while batches are kept out: below it are all rows that there are, and none of those that come.</summary>
    public abstract string NextRowNumber { get; }

    /// <summary>True for rows of <c>usage u</c> before which no other row can still appear.</summary>
    public abstract string RollUpSettled { get; }

    /// <summary>The sum of a group's integers: the nearest 64-bit integer where it passes those, and no error on the way to a sum that fits.</summary>
    public abstract string Sum(string column);

    /// <summary>A group's values as one, in an order that is the same for all columns: <see cref="Texts"/>, <see cref="Numbers"/>.</summary>
    public abstract string ListOf(string column);

    /// <summary>A select of what this snapshot of <c>usage</c> is, as a text.</summary>
    public abstract string SnapshotMark { get; }

    /// <summary>True for rows of <c>usage u</c> that were there in the snapshot of which a parameter has the mark.</summary>
    public abstract string IsIn(string snapshotMark);

    /// <summary>After a table in a select: rows are read along this index, where the planner would not see that few are needed.</summary>
    public virtual string Along(string index) => "";

    /// <summary>The first date of the month of a date.</summary>
    public abstract string MonthOf(string date);

    /// <summary>The value of one tag of a row, null where it has none; <paramref name="parameter"/> holds its name.</summary>
    /// <param name="tags">The tags: a column, or what stands for one.</param>
    public abstract string Tag(string parameter, string tags = "u.tags");

    /// <summary>Our exception for one of the driver's; null: not one of the driver's (a bug, a cancellation).</summary>
    public abstract Exception? Translate(Exception exception);
}
