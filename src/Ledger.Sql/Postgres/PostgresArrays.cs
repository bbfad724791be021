using BudgetEngine.Ledger.Sql.Records;
using Npgsql;
using NpgsqlTypes;

namespace BudgetEngine.Ledger.Sql.Postgres;

/// <summary>Rows turned into one array per column, for <c>unnest</c>. The first row tells the types.</summary>
internal sealed class PostgresArrays(int rows, int columns) : IColumnSink
{
    private readonly Array[] _arrays = new Array[columns];
    private readonly NpgsqlDbType[] _types = new NpgsqlDbType[columns];
    private int _row;
    private int _column;

    /// <summary>To be called after each row.</summary>
    public void EndRow()
    {
        if (_column != _arrays.Length) throw new InvalidOperationException("A row has another number of columns than its table.");
        _row++;
        _column = 0;
    }

    public void Text(string? value) => Add(value, NpgsqlDbType.Text);

    public void Number(long value) => Add(value, NpgsqlDbType.Bigint);

    public void NumberOrNull(long? value) => Add(value, NpgsqlDbType.Bigint);

    public void Flag(bool value) => Add(value, NpgsqlDbType.Boolean);

    public void Time(DateTimeOffset value) => Add(value.UtcDateTime, NpgsqlDbType.TimestampTz);

    public void Date(DateOnly value) => Add(value, NpgsqlDbType.Date);

    public void Id(Guid value) => Add(value, NpgsqlDbType.Uuid);

    public void Bytes(byte[] value) => Add(value, NpgsqlDbType.Bytea);

    /// <summary>The statement with these arrays as its parameters, <c>$1</c> onwards.</summary>
    public NpgsqlBatchCommand Command(string sql)
    {
        if (_row != rows) throw new InvalidOperationException("Fewer rows were added than were announced.");
        var command = new NpgsqlBatchCommand(sql);
        for (var i = 0; i < _arrays.Length; i++)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = _arrays[i], NpgsqlDbType = NpgsqlDbType.Array | _types[i] });
        }

        return command;
    }

    /// <summary><c>$1, $2, …</c>, with a cast where a column needs one.</summary>
    public static string Placeholders(int columns) => string.Join(", ", Enumerable.Range(1, columns).Select(i => $"${i}"));

    private void Add<T>(T value, NpgsqlDbType type)
    {
        if (_row == 0)
        {
            _arrays[_column] = new T[rows];
            _types[_column] = type;
        }

        ((T[])_arrays[_column++])[_row] = value;
    }
}
