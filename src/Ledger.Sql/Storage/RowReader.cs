using System.Data.Common;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Ledger.Nodes;

namespace BudgetEngine.Ledger.Sql.Storage;

/// <summary>Reads the columns of a row one after the other, in the order of the select.</summary>
/// <param name="resolution">How amounts in documents are counted; null: there are none.</param>
internal sealed class RowReader(DbDataReader reader, Dialect dialect, Resolution? resolution = null)
{
    private int _column;

    public async ValueTask<bool> NextAsync(CancellationToken cancellationToken)
    {
        _column = 0;
        return await reader.ReadAsync(cancellationToken);
    }

    /// <summary>Back to the first column, of a row that the caller has moved to.</summary>
    public RowReader Start()
    {
        _column = 0;
        return this;
    }

    public async ValueTask<List<T>> RestAsync<T>(Func<RowReader, T> map, CancellationToken cancellationToken)
    {
        var rows = new List<T>();
        while (await NextAsync(cancellationToken)) rows.Add(map(this));
        return rows;
    }

    /// <summary>All rows of the next statement.</summary>
    public async ValueTask<List<T>> NextResultAsync<T>(Func<RowReader, T> map, CancellationToken cancellationToken)
    {
        if (!await reader.NextResultAsync(cancellationToken)) throw new InvalidOperationException("The statement has no further result.");
        return await RestAsync(map, cancellationToken);
    }

    public string Text() => reader.GetString(_column++);

    public string? TextOrNull() => IsNull() ? null : Text();

    /// <summary>Text of a key column, where empty stands for null.</summary>
    public string? TextOrEmpty() => Text() is { Length: > 0 } text ? text : null;

    public long Long() => reader.GetInt64(_column++);

    public long? LongOrNull() => IsNull() ? null : Long();

    public int Int() => checked((int)Long());

    public bool Flag() => reader.GetBoolean(_column++);

    public Money Money() => new(Long());

    public DateTimeOffset Time() => dialect.Time(reader, _column++);

    public DateTimeOffset? TimeOrNull() => IsNull() ? null : Time();

    public DateOnly Date() => dialect.Date(reader, _column++);

    public Guid Id() => dialect.Id(reader, _column++);

    public string[] Texts() => dialect.Texts(reader, _column++);

    public long[] Numbers() => dialect.Numbers(reader, _column++);

    public byte[] Bytes() => reader.GetFieldValue<byte[]>(_column++);

    public Balance Balance() => new(Money(), Long(), Long());

    public Budget Budget() => BudgetDocument.Read(Text(), resolution ?? throw new InvalidOperationException("These rows are read without a resolution."));

    private bool IsNull()
    {
        if (!reader.IsDBNull(_column)) return false;
        _column++;
        return true;
    }
}
