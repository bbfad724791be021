using System.Buffers;
using System.Text;
using System.Text.Json;
using BudgetEngine.Domain.Windows;
using BudgetEngine.Ledger.Records;
using BudgetEngine.Ledger.Sql.Records;

namespace BudgetEngine.Ledger.Sql.Storage;

/// <summary>Many rows as one parameter, for statements that both databases run: <see cref="Dialect.Rows"/>.</summary>
internal static class JsonRows
{
    private static readonly (string, string)[] BalanceKeyColumns =
        [("cost_center", "text"), ("user_name", "text"), ("period", "bigint"), ("window_date", "date")];

    /// <summary>Bytes that a thread keeps for its next call.</summary>
    private const int MaxKept = 1024 * 1024;

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? _buffer;

    [ThreadStatic]
    private static Utf8JsonWriter? _json;

    /// <summary>The rows as a JSON array of objects.</summary>
    /// <param name="write">Writes the members of one.</param>
    public static string Of<T>(IEnumerable<T> rows, Action<Utf8JsonWriter, T> write)
    {
        var buffer = _buffer ?? new ArrayBufferWriter<byte>(4096);
        var json = _json ?? new Utf8JsonWriter(buffer);
        // Not kept where it is cut short by an exception.
        (_buffer, _json) = (null, null);
        json.WriteStartArray();
        foreach (var row in rows)
        {
            json.WriteStartObject();
            write(json, row);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.Flush();
        var text = Encoding.UTF8.GetString(buffer.WrittenSpan);
        if (buffer.Capacity > MaxKept) return text;
        buffer.ResetWrittenCount();
        json.Reset(buffer);
        (_buffer, _json) = (buffer, json);
        return text;
    }

    /// <summary>The rows as a JSON array of objects that have these columns for members.</summary>
    /// <param name="write">Writes the values of one, in the order of the columns.</param>
    public static string Of<T>(IEnumerable<T> rows, (string Name, string Type)[] columns, Dialect dialect, Action<T, IColumnSink> write)
    {
        var members = new JsonColumns(columns, dialect);
        return Of(rows, (to, row) => write(row, members.Begin(to)));
    }

    /// <summary>The stored balances of these keys; those that are not stored are left out.</summary>
    public static async Task<Dictionary<BalanceKey, Domain.Budgets.Balance>> BalancesAsync(
        LedgerSession session, IEnumerable<BalanceKey> keys, CancellationToken cancellationToken)
    {
        var json = Of(keys, (to, key) =>
        {
            to.WriteString("cost_center", key.CostCenter);
            to.WriteString("user_name", key.User);
            to.WriteNumber("period", (long)key.Period);
            session.Dialect.WriteDate(to, "window_date", key.Window);
        });
        var rows = await session.ListAsync(
            $"""
            select b.cost_center, b.user_name, b.period, b.window_date, b.spent, b.requests, b.version
            from {session.Dialect.Rows("@keys", "k", BalanceKeyColumns)}
            join balances b on b.cost_center = k.cost_center and b.user_name = k.user_name and b.period = k.period and b.window_date = k.window_date
            """,
            r => (Key: new BalanceKey(r.Text(), r.Text(), (Period)r.Long(), r.Date()), Balance: r.Balance()), cancellationToken, ("keys", json));
        return rows.ToDictionary(r => r.Key, r => r.Balance);
    }
}
