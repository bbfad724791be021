using System.Text.Json;
using BudgetEngine.Ledger.Sql.Records;

namespace BudgetEngine.Ledger.Sql.Storage;

/// <summary>Columns of a row as members of a JSON object.</summary>
internal sealed class JsonColumns((string Name, string Type)[] columns, Dialect dialect) : IColumnSink
{
    private Utf8JsonWriter _json = null!;
    private int _next;

    private string Name => columns[_next++].Name;

    public JsonColumns Begin(Utf8JsonWriter json)
    {
        (_json, _next) = (json, 0);
        return this;
    }

    public void Text(string? value) => _json.WriteString(Name, value);

    public void Number(long value) => _json.WriteNumber(Name, value);

    public void NumberOrNull(long? value)
    {
        if (value is { } number) Number(number);
        else _json.WriteNull(Name);
    }

    public void Flag(bool value) => _json.WriteBoolean(Name, value);

    public void Time(DateTimeOffset value) => dialect.WriteTime(_json, Name, value);

    public void Date(DateOnly value) => dialect.WriteDate(_json, Name, value);

    // As PostgreSQL reads bytes; SQLite inserts none from JSON.
    public void Bytes(byte[] value) => _json.WriteString(Name, @"\x" + Convert.ToHexString(value));

    public void Id(Guid value) => throw new NotSupportedException("The databases differ in how they read an id from a text.");
}
