using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Usage;
using BudgetEngine.Ledger.Reports;
using Microsoft.AspNetCore.Http;
using Parquet;
using Parquet.Schema;

namespace BudgetEngine.Api.Exports;

/// <summary>Rows of usage as Parquet: a row group per portion, so that memory is that of one portion. Amounts are decimals with as many places as the currency is counted in.</summary>
internal sealed class ParquetExport : IExportFormat
{
    private const string ContentType = "application/vnd.apache.parquet";

    /// <summary>Digits of an amount: those of 64 bits.</summary>
    private const int Precision = 19;

    private readonly ExportedRows _exported;
    private readonly Resolution _resolution;
    private readonly DataField[] _fields;
    private readonly ParquetSchema _schema;

    public ParquetExport(ExportedRows exported, Resolution resolution)
    {
        (_exported, _resolution) = (exported, resolution);
        _fields = [.. UsageColumn.All.Select(FieldOf)];
        _schema = new ParquetSchema(_fields);
    }

    public string Name => "parquet";

    public async Task WriteAsync(HttpContext context, UsageRange range, string? costCenter)
    {
        var gone = context.RequestAborted;
        await using var portions = _exported.RowsAsync(range, costCenter, gone).GetAsyncEnumerator(gone);
        // The first portion is read before the answer begins: an outage is then a problem and not a broken stream.
        var more = await portions.MoveNextAsync();
        ExportedRows.Name(context, ContentType, costCenter, "usage", "parquet");
        await using var file = new ForwardStream(context.Response.Body);
        await using (var writer = await ParquetWriter.CreateAsync(_schema, file, cancellationToken: gone))
        {
            while (more)
            {
                using (var group = writer.CreateRowGroup())
                {
                    for (var i = 0; i < _fields.Length; i++) await WriteAsync(group, _fields[i], UsageColumn.All[i], portions.Current);
                }

                await file.DrainAsync(gone);
                more = await portions.MoveNextAsync();
            }
        }

        await file.DrainAsync(gone);
    }

    private DataField FieldOf(UsageColumn column) =>
        column.Type == typeof(string) ? new DataField<string>(column.Name)
        : column.Type == typeof(decimal) ? new DecimalDataField(column.Name, Precision, _resolution.Decimals, isNullable: true)
        : column.Type == typeof(long) ? new DataField<long?>(column.Name)
        : column.Type == typeof(DateOnly) ? new DataField<DateOnly?>(column.Name)
        : new DataField<DateTime?>(column.Name);

    private Task WriteAsync(ParquetRowGroupWriter group, DataField field, UsageColumn column, IReadOnlyList<UsageRow> rows)
    {
        if (column.Type == typeof(string)) return group.WriteAsync(field, Of(rows, r => column.Of(r) as string)!);
        if (column.Type == typeof(decimal)) return group.WriteAsync<decimal>(field, Of(rows, r => column.Of(r) is Money m ? _resolution.ToUnits(m) : (decimal?)null));
        if (column.Type == typeof(long)) return group.WriteAsync<long>(field, Of(rows, r => column.Of(r) as long?));
        if (column.Type == typeof(DateOnly)) return group.WriteAsync<DateOnly>(field, Of(rows, r => column.Of(r) as DateOnly?));
        return group.WriteAsync<DateTime>(field, Of(rows, r => column.Of(r) is DateTimeOffset t ? t.UtcDateTime : (DateTime?)null));
    }

    private static T[] Of<T>(IReadOnlyList<UsageRow> rows, Func<UsageRow, T> value) => [.. rows.Select(value)];
}
