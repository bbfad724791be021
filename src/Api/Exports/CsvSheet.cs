using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using BudgetEngine.Domain.Amounts;
using CsvHelper;
using CsvHelper.Configuration;

namespace BudgetEngine.Api.Exports;

/// <summary>
/// CSV by RFC 4180 into a response: what is written waits until <see cref="FlushAsync"/>, so that nothing blocks and a slow reader holds one portion. A text that a
/// spreadsheet would take for a formula gets an apostrophe before it; numbers are as they are.
/// </summary>
internal sealed class CsvSheet : IDisposable
{
    public const string ContentType = "text/csv; charset=utf-8; header=present";

    /// <summary>First characters by which spreadsheets know a formula.</summary>
    private const string Formulas = "=+-@\t\r";

    private readonly StringBuilder _text = new();
    private readonly PipeWriter _output;
    private readonly Resolution _resolution;
    private readonly CsvWriter _csv;

    public CsvSheet(PipeWriter output, Resolution resolution, params ReadOnlySpan<string> header)
    {
        (_output, _resolution) = (output, resolution);
        _csv = new CsvWriter(new StringWriter(_text, CultureInfo.InvariantCulture), new CsvConfiguration(CultureInfo.InvariantCulture) { NewLine = "\r\n" });
        foreach (var name in header) _csv.WriteField(name);
        _csv.NextRecord();
    }

    /// <summary>
    /// Writes what comes in portions, each of which the reader has taken before the next is read. The first is read before the answer begins: an outage is then a
    /// problem and not a broken stream.
    /// </summary>
    /// <param name="begin">Names the answer and makes its sheet.</param>
    public static async Task WriteAsync<T>(IAsyncEnumerable<IReadOnlyList<T>> portions, Func<CsvSheet> begin, Action<CsvSheet, T> add, CancellationToken cancellationToken)
    {
        CsvSheet? sheet = null;
        try
        {
            await foreach (var portion in portions)
            {
                sheet ??= begin();
                foreach (var item in portion) add(sheet, item);
                await sheet.FlushAsync(cancellationToken);
            }

            sheet ??= begin();
            await sheet.FlushAsync(cancellationToken);
        }
        finally
        {
            sheet?.Dispose();
        }
    }

    public void Add(string? text) => _csv.WriteField(text is { Length: > 0 } && Formulas.Contains(text[0]) ? "'" + text : text);

    public void Add(Money? amount) => _csv.WriteField(amount is { } a ? _resolution.ToText(a) : null);

    public void Add(long? number) => _csv.WriteField(number?.ToString(CultureInfo.InvariantCulture));

    /// <summary>Without trailing zeros.</summary>
    public void Add(decimal? number) => _csv.WriteField(number is { } n ? (n / 1.0000000000000000000000000000m).ToString(CultureInfo.InvariantCulture) : null);

    public void Add(DateOnly date) => _csv.WriteField(date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));

    public void Add(DateTimeOffset time) => _csv.WriteField(time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.FFFFFFFZ", CultureInfo.InvariantCulture));

    public void EndRow() => _csv.NextRecord();

    /// <summary>Characters that wait.</summary>
    public int Pending
    {
        get
        {
            _csv.Flush();
            return _text.Length;
        }
    }

    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        _csv.Flush();
        foreach (var chunk in _text.GetChunks()) Encoding.UTF8.GetBytes(chunk.Span, _output);
        _text.Clear();
        await _output.FlushAsync(cancellationToken);
    }

    public void Dispose() => _csv.Dispose();
}
