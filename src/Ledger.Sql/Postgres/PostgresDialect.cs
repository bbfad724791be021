using System.Data.Common;
using System.Globalization;
using System.Text;
using System.Text.Json;
using BudgetEngine.Ledger.Sql.Storage;
using Npgsql;

namespace BudgetEngine.Ledger.Sql.Postgres;

internal sealed class PostgresDialect : Dialect
{
    public override string FindMigrations => "select 1 from pg_catalog.pg_tables where schemaname = 'budget' and tablename = 'migrations'";

    public override string TimeType => "timestamptz";

    public override string Now => "clock_timestamp()";

    public override string SkipLocked => "for update of u skip locked";

    public override string ForShare => "for share";

    public override string ForUpdate => "for update";

    public override string RollUpPosition => "u.transaction_id, u.tenant, u.request_id";

    public override string RollUpCursor => "transaction_id, tenant, request_id";

    public override string RowAddress => "u.ctid";

    public override string SameInstantOrder => "u.tenant desc, u.request_id desc";

    public override string RowNumber => "transaction_id";

    // A batch waits for its lock before it writes, and has a number from its first write on.
    public override string NextRowNumber => "pg_snapshot_xmax(pg_current_snapshot())";

    public override string RollUpSettled => "u.transaction_id < pg_snapshot_xmin(pg_current_snapshot())";

    public override string Later(string time, string micros) => $"({time} + {micros} * interval '1 microsecond')";

    // timestamptz is an instant: the driver takes it in UTC only.
    public override object Value(object value) => value is DateTimeOffset time ? time.ToUniversalTime() : value;

    public override DateTimeOffset Time(DbDataReader reader, int column) => reader.GetFieldValue<DateTimeOffset>(column);

    public override DateOnly Date(DbDataReader reader, int column) => reader.GetFieldValue<DateOnly>(column);

    public override Guid Id(DbDataReader reader, int column) => reader.GetGuid(column);

    public override string[] Texts(DbDataReader reader, int column) => reader.GetFieldValue<string[]>(column);

    public override long[] Numbers(DbDataReader reader, int column) => reader.GetFieldValue<long[]>(column);

    public override string Elements(string parameter) => $"select t.value from unnest({parameter}) as t(value)";

    // Not a join with unnest: its plan, made while the tables were small and kept, reads whole tables once they are large.
    public override string In(string column, string parameter) => $"{column} = any({parameter})";

    // It would compare each entry of the index that is in range with each element.
    public override string Read(string column) => $"({column} || '')";

    public override string Rows(string parameter, string alias, params (string Name, string Type)[] columns) =>
        $"json_to_recordset({parameter}::json) as {alias}({string.Join(", ", columns.Select(c => $"{c.Name} {TypeOf(c.Type)}"))})";

    public override void WriteDate(Utf8JsonWriter json, string name, DateOnly date) =>
        json.WriteString(name, date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));

    public override void WriteTime(Utf8JsonWriter json, string name, DateTimeOffset time) => json.WriteString(name, time.ToUniversalTime());

    // The sum of bigints is numeric.
    public override string Sum(string column) =>
        $"cast(case when sum({column}) > {SaturatingSql.Most} then {SaturatingSql.Most} when sum({column}) < {SaturatingSql.Least} then {SaturatingSql.Least} else sum({column}) end as bigint)";

    public override string ListOf(string column) => $"array_agg({column})";

    public override string SnapshotMark => "select pg_current_snapshot()::text";

    public override string IsIn(string snapshotMark) => $"pg_visible_in_snapshot(u.transaction_id, {snapshotMark}::pg_snapshot)";

    public override string MonthOf(string date) => $"({date} - (extract(day from {date})::integer - 1))";

    public override string Tag(string parameter, string tags = "u.tags") => $"({tags} ->> {parameter})";

    public override Exception? Translate(Exception exception) => exception switch
    {
        PostgresException e => Translate(e),
        NpgsqlException or TimeoutException or IOException or System.Net.Sockets.SocketException =>
            new LedgerUnavailableException($"PostgreSQL cannot be reached: {exception.Message}", exception),
        // The driver's own, where a connection is taken down while a command begins on it.
        ObjectDisposedException => new LedgerUnavailableException($"PostgreSQL cannot be reached: {exception.Message}", exception),
        EncoderFallbackException => new LedgerDataException($"The ledger refuses the data: {exception.Message}", exception),
        _ => null,
    };

    private static Exception Translate(PostgresException e) => e.SqlState[..2] switch
    {
        // 54: a text too long for an index, for one.
        "22" or "23" or "54" => new LedgerDataException($"The ledger refuses the data: {e.MessageText} ({e.SqlState}{Constraint(e)})", e),
        _ when e.SqlState is PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected =>
            new LedgerContentionException($"Another transaction came first: {e.MessageText}", e),
        // The driver lost count of what it had prepared on the connection, where an error had broken off a command of several statements. Nothing has had an effect.
        _ when e.SqlState == LostStatement => new LedgerContentionException($"The connection is not what the driver took it for: {e.MessageText}", e),
        _ => new LedgerUnavailableException($"PostgreSQL failed: {e.MessageText} ({e.SqlState})", e),
    };

    /// <summary><c>invalid_sql_statement_name</c>.</summary>
    public const string LostStatement = "26000";

    private static string TypeOf(string type) => type == "timestamp" ? "timestamptz" : type;

    private static string Constraint(PostgresException e) => e.ConstraintName is null ? "" : $", {e.ConstraintName}";
}
