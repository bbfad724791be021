namespace BudgetEngine.Ledger.Sql.Records;

/// <summary>Takes the columns of a row one after the other.</summary>
internal interface IColumnSink
{
    void Text(string? value);

    void Number(long value);

    void NumberOrNull(long? value);

    void Flag(bool value);

    void Time(DateTimeOffset value);

    void Date(DateOnly value);

    void Id(Guid value);

    void Bytes(byte[] value);
}
