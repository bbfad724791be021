using System.ComponentModel;
using BudgetEngine.Api.OpenApi;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Usage;
using BudgetEngine.Ledger.Repricing;

namespace BudgetEngine.Api.Prices.Repricing;

/// <summary>A job that rates usage again, and what it has found so far.</summary>
/// <param name="RowsTotal">Rows whose cost the engine has made; <paramref name="RowsDone"/>: how many of them are done with; <paramref name="RowsChanged"/>: have a difference.</param>
/// <param name="Before">What the rows that could be rated again have cost; <paramref name="After"/>: what they cost now, or would.</param>
public sealed record RepriceResponse(
    string Id, RepriceState State, [property: Description("A date or an instant.")] string? From, string? To, string? CostCenter, IReadOnlyList<string> Models, RowFlags Only, bool DryRun, string? Reason,
    DateTimeOffset CreatedAt, string CreatedBy, DateTimeOffset? EndedAt, bool CancelAsked, long? RowsTotal, long RowsDone, long RowsChanged, Money Before, Money After, Money Difference,
    [property: Description("Rows that stay as they are, by reason.")] IReadOnlyDictionary<string, long> Skipped, IReadOnlyList<RepriceGroupResponse> ByModel,
    IReadOnlyList<RepriceGroupResponse> ByCostCenter, string? Fault)
{
    public static RepriceResponse Of(RepriceJob job)
    {
        var (order, tally) = (job.Order, job.Tally);
        return new RepriceResponse(
            job.Id, job.State, TextOf(order.Range.From, order.Range.Since), TextOf(order.Range.To, order.Range.Until), order.CostCenter, order.Models, order.Only, order.DryRun, order.Reason,
            job.CreatedAt, job.CreatedBy, job.EndedAt, job.CancelAsked, tally.RowsTotal, tally.RowsDone, tally.RowsChanged, new Money(tally.BeforeNanos),
            new Money(tally.BeforeNanos) + new Money(tally.DifferenceNanos), new Money(tally.DifferenceNanos), tally.Skipped, Groups(tally.Models), Groups(tally.CostCenters), job.Fault);
    }

    private static List<RepriceGroupResponse> Groups(Dictionary<string, RepriceGroup> groups) =>
    [
        .. groups.OrderByDescending(g => Math.Abs((decimal)g.Value.DifferenceNanos)).ThenBy(g => g.Key, StringComparer.Ordinal).Select(g => new RepriceGroupResponse(
            g.Key == RepriceTally.Others ? null : g.Key, g.Value.Rows, new Money(g.Value.BeforeNanos), new Money(g.Value.BeforeNanos) + new Money(g.Value.DifferenceNanos), new Money(g.Value.DifferenceNanos))),
    ];

    private static string? TextOf(DateOnly? date, DateTimeOffset? time) =>
        date?.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture)
        ?? time?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>Changed rows of one model or cost center.</summary>
/// <param name="Name">Null: all that are not listed by name.</param>
public sealed record RepriceGroupResponse(string? Name, long Rows, Money Before, Money After, Money Difference);
