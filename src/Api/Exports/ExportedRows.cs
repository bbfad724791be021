using System.Runtime.CompilerServices;
using BudgetEngine.Domain.Usage;
using BudgetEngine.Ledger.Reports;
using Microsoft.AspNetCore.Http;

namespace BudgetEngine.Api.Exports;

/// <summary>What is exported, portion by portion: between two of them nothing of the ledger is held, however slow the reader is.</summary>
internal sealed class ExportedRows(ILedgerUsage usage, ILedgerCharges ledger)
{
    /// <summary>Rows in memory at a time.</summary>
    public const int RowsAtOnce = 2_000;

    /// <summary>Dates of cost centers that are added up at a time.</summary>
    private const int DaysAtOnce = 200;

    public IAsyncEnumerable<IReadOnlyList<UsageRow>> RowsAsync(UsageRange range, string? costCenter, CancellationToken cancellationToken) =>
        usage.ExportUsageAsync(range, costCenter, cancellationToken).Chunk(RowsAtOnce);

    public async IAsyncEnumerable<IReadOnlyList<ChargeSum>> ChargesAsync(UsageRange range, string? costCenter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ChargeSum? last = null;
        while (true)
        {
            var charges = await ledger.ReadChargesAsync(range, costCenter, last, DaysAtOnce, cancellationToken);
            if (charges.Count == 0) yield break;
            yield return charges;
            last = charges[^1];
        }
    }

    public static void Name(HttpContext context, string contentType, string? costCenter, string what, string ending)
    {
        context.Response.ContentType = contentType;
        var of = costCenter?.Replace('/', '-') ?? "all";
        context.Response.Headers.ContentDisposition = $"attachment; filename=\"{what}-{of}.{ending}\"";
    }
}
