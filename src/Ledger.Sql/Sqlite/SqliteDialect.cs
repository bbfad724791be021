using System.Data.Common;
using System.Globalization;
using System.Text.Json;
using BudgetEngine.Ledger.Sql.Records;
using BudgetEngine.Ledger.Sql.Storage;
using Microsoft.Data.Sqlite;

namespace BudgetEngine.Ledger.Sql.Sqlite;

/// <summary>Instants are microseconds since 1970 in UTC, dates day numbers, ids blobs, lists JSON.</summary>
internal sealed class SqliteDialect(string path, TimeProvider clock) : Dialect
{
    /// <summary>The day number of 1970-01-01, where SQLite's own dates begin.</summary>
    private const int UnixDay = 719162;

    public override string FindMigrations => "select 1 from sqlite_master where type = 'table' and name = 'migrations'";

    public override string TimeType => "integer";

    // A function of ours, so that a statement has the same text at every time.
    public override string Now => "ledger_now()";

    /// <summary>SQLite runs in this process, so its clock is this machine's.</summary>
    public DateTimeOffset ClockTime => clock.GetUtcNow();

    // There is one writer: whoever may write has locked everything already.
    public override string SkipLocked => "";

    public override string ForShare => "";

    public override string ForUpdate => "";

    public override string RollUpPosition => "u.id";

    public override string RollUpCursor => "usage_id";

    public override string RowAddress => "u.id";

    // In every index.
    public override string SameInstantOrder => "u.id desc";

    public override string RowNumber => "id";

    public override string NextRowNumber => "(select coalesce(max(id), 0) + 1 from usage)";

    public override string RollUpSettled => "true";

    public override string Later(string time, string micros) => $"({time} + {micros})";

    public static long Micros(DateTimeOffset time) => (time.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;

    public static DateTimeOffset TimeOf(long micros) => new(micros * TimeSpan.TicksPerMicrosecond + DateTimeOffset.UnixEpoch.Ticks, TimeSpan.Zero);

    /// <summary>To be called once for each connection.</summary>
    public void AddFunctions(SqliteConnection connection) =>
        // Deterministic within a statement, which then asks once.
        connection.CreateFunction("ledger_now", () => Micros(clock.GetUtcNow()), isDeterministic: true);

    public override object Value(object value) => value switch
    {
        DateTimeOffset time => Micros(time),
        DateOnly date => (long)date.DayNumber,
        Guid id => id.ToByteArray(bigEndian: true),
        string[] texts => HoldColumns.ToJson(texts),
        bool flag => flag ? 1L : 0L,
        _ => value,
    };

    public override DateTimeOffset Time(DbDataReader reader, int column) => TimeOf(reader.GetInt64(column));

    public override DateOnly Date(DbDataReader reader, int column) => DateOnly.FromDayNumber(reader.GetInt32(column));

    public override Guid Id(DbDataReader reader, int column) => new(reader.GetFieldValue<byte[]>(column), bigEndian: true);

    public override string[] Texts(DbDataReader reader, int column) => HoldColumns.TextsOf(reader.GetString(column));

    public override long[] Numbers(DbDataReader reader, int column) => HoldColumns.NumbersOf(reader.GetString(column));

    public override string Elements(string parameter) => $"select value from json_each({parameter})";

    public override string In(string column, string parameter) => $"{column} in ({Elements(parameter)})";

    public override string Rows(string parameter, string alias, params (string Name, string Type)[] columns) =>
        $"(select {string.Join(", ", columns.Select(c => $"value ->> '{c.Name}' as {c.Name}"))} from json_each({parameter})) as {alias}";

    public override void WriteDate(Utf8JsonWriter json, string name, DateOnly date) => json.WriteNumber(name, date.DayNumber);

    public override void WriteTime(Utf8JsonWriter json, string name, DateTimeOffset time) => json.WriteNumber(name, Micros(time));

    public override string Sum(string column) => SumOf(column);

    /// <summary>In halves: <c>sum()</c> is an error as soon as it has passed 64 bits, though what comes after may bring it back.</summary>
    public static string SumOf(string column)
    {
        var high = $"(sum({column} >> 32) + (sum({column} & 4294967295) >> 32))";
        return $"case when {high} > 2147483647 then {SaturatingSql.Most} when {high} < -2147483648 then {SaturatingSql.Least} else ({high} << 32) | (sum({column} & 4294967295) & 4294967295) end";
    }

    public override string ListOf(string column) => $"json_group_array({column})";

    public override string SnapshotMark => "select cast(coalesce(max(id), 0) as text) from usage";

    public override string IsIn(string snapshotMark) => $"u.id <= cast({snapshotMark} as integer)";

    // Without statistics SQLite takes an order by three columns, of which an index has one, for a sort of all rows.
    public override string Along(string index) => $"indexed by {index}";

    public override string MonthOf(string date) =>
        string.Create(CultureInfo.InvariantCulture, $"(unixepoch(({date} - {UnixDay}) * 86400, 'unixepoch', 'start of month') / 86400 + {UnixDay})");

    // Not ->>, which takes a name with dots or brackets for a path.
    public override string Tag(string parameter, string tags = "u.tags") => $"(select t.value from json_each({tags}) t where t.key = {parameter})";

    public override Exception? Translate(Exception exception) => exception switch
    {
        SqliteException e => SqliteErrors.Translate(e, path),
        IOException or UnauthorizedAccessException => new LedgerUnavailableException($"The ledger {path} cannot be reached: {exception.Message}", exception),
        _ => null,
    };
}
