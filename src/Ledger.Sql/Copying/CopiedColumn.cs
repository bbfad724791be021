using System.Data.Common;
using System.Globalization;
using BudgetEngine.Ledger.Sql.Storage;

namespace BudgetEngine.Ledger.Sql.Copying;

/// <summary>What a column holds, whichever database stores it.</summary>
internal enum ColumnKind
{
    Number,
    Text,
    Flag,
    Time,
    Date,
    Id,
    Bytes,

    /// <summary>Text that PostgreSQL keeps as <c>json</c>.</summary>
    Document,
}

/// <summary>A column of a table that is copied.</summary>
/// <param name="Instead">What is read in its place; null: itself.</param>
internal sealed record CopiedColumn(string Name, ColumnKind Kind, string? Instead = null)
{
    /// <summary>The kind of a column of PostgreSQL; null: one that a copy leaves to the target, such as the number of the transaction that wrote the row.</summary>
    public static ColumnKind? KindOf(string postgresType) => postgresType switch
    {
        "int8" or "int4" or "int2" => ColumnKind.Number,
        "text" => ColumnKind.Text,
        "bool" => ColumnKind.Flag,
        "timestamptz" => ColumnKind.Time,
        "date" => ColumnKind.Date,
        "uuid" => ColumnKind.Id,
        "bytea" => ColumnKind.Bytes,
        "json" or "jsonb" => ColumnKind.Document,
        "xid8" => null,
        _ => throw new InvalidOperationException($"A column of the type {postgresType} cannot be copied."),
    };

    /// <summary>In a select.</summary>
    public string Read(bool ofPostgres) => Instead ?? (ofPostgres && Kind == ColumnKind.Document ? $"{Name}::text" : Name);

    /// <summary>A parameter in an insert.</summary>
    public string Write(string parameter, bool toPostgres) => toPostgres && Kind == ColumnKind.Document ? $"{parameter}::json" : parameter;

    public object? Value(DbDataReader reader, int column, Dialect dialect)
    {
        if (reader.IsDBNull(column)) return null;
        return Kind switch
        {
            ColumnKind.Number => Convert.ToInt64(reader.GetValue(column), CultureInfo.InvariantCulture),
            ColumnKind.Flag => reader.GetBoolean(column),
            ColumnKind.Time => dialect.Time(reader, column),
            ColumnKind.Date => dialect.Date(reader, column),
            ColumnKind.Id => dialect.Id(reader, column),
            ColumnKind.Bytes => reader.GetFieldValue<byte[]>(column),
            _ => reader.GetString(column),
        };
    }

    /// <summary>A value as a text that is the same for both databases.</summary>
    public static string? TextOf(object? value) => value switch
    {
        null => null,
        bool flag => flag ? "1" : "0",
        DateTimeOffset time => time.UtcTicks.ToString(CultureInfo.InvariantCulture),
        DateOnly date => date.DayNumber.ToString(CultureInfo.InvariantCulture),
        Guid id => id.ToString("N"),
        byte[] bytes => Convert.ToHexString(bytes),
        IFormattable other => other.ToString(null, CultureInfo.InvariantCulture),
        _ => (string)value,
    };

    /// <summary>Back from <see cref="TextOf"/>.</summary>
    public object? Parse(string? text)
    {
        if (text is null) return null;
        return Kind switch
        {
            ColumnKind.Number => long.Parse(text, CultureInfo.InvariantCulture),
            ColumnKind.Flag => text == "1",
            ColumnKind.Time => new DateTimeOffset(long.Parse(text, CultureInfo.InvariantCulture), TimeSpan.Zero),
            ColumnKind.Date => DateOnly.FromDayNumber(int.Parse(text, CultureInfo.InvariantCulture)),
            ColumnKind.Id => Guid.ParseExact(text, "N"),
            ColumnKind.Bytes => Convert.FromHexString(text),
            _ => text,
        };
    }
}
