using System.Globalization;
using BudgetEngine.Api.Errors;
using BudgetEngine.Api.Http;
using BudgetEngine.Api.Keys;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Ledger.Reports;
using Microsoft.AspNetCore.Http;

namespace BudgetEngine.Api.Reports;

/// <summary>What a request asks of a report: about what, and in which form.</summary>
internal sealed class ReportRequest
{
    /// <summary>Rows of CSV and of a printed page.</summary>
    private const int MaxRows = 10_000;

    /// <summary>Days that a report may span: two years and a bit.</summary>
    private const int MaxDays = 800;

    private readonly ApiKey _caller;
    private readonly CostCenterId? _asked;

    public ReportRequest(HttpContext context, ApiKey caller)
    {
        _caller = caller;
        Query = new QueryReader(context, new FaultList());
        Format = Query.Word("format", ReportOutput.Json, ReportOutput.Csv, ReportOutput.Html);
        _asked = Query.CostCenter("cost_center");
        var page = Query.Limit();
        Limit = Format == ReportOutput.Json ? page : MaxRows;
        CostCenter = _asked?.Path ?? caller.Subtree.CostCenter;
    }

    public QueryReader Query { get; }

    public string Format { get; }

    public int Limit { get; }

    /// <summary>Null: the whole installation.</summary>
    public string? CostCenter { get; }

    /// <summary>From <c>from</c> and <c>to</c>; this month where they are not said.</summary>
    public ReportRange Range(DateOnly today)
    {
        var month = ReportService.MonthOf(CostCenter, today);
        var (from, to) = (Query.Date("from"), Query.Date("to"));
        // Of one bound alone: the month of the other.
        var first = from ?? (to is { } end ? ReportService.MonthOf(null, Before(end)).From : month.From);
        var after = to ?? (first >= month.To ? ReportService.MonthOf(null, first).To : month.To);
        var range = new ReportRange(CostCenter, first, after);
        if (range.To <= range.From) Query.Faults.Add("to", "must be after from; it is exclusive");
        else if (range.To.DayNumber - range.From.DayNumber > MaxDays) Query.Faults.Add("to", $"must be at most {MaxDays} days after from");
        return range;
    }

    /// <summary>Segments to group by: below the cost center, one more than it has where nothing is said.</summary>
    public int Level() => Whole("level", ReportService.LevelBelow(CostCenter), 1, CostCenterId.MaxSegments);

    public int Whole(string name, int otherwise, int least, int most)
    {
        if (Query.Text(name) is not { } text) return otherwise;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most) return number;
        Query.Faults.Add(name, $"must be {least} to {most}");
        return otherwise;
    }

    /// <summary>In thousandths.</summary>
    public int Thousandths(string name, int otherwise, int most)
    {
        if (Query.Text(name) is not { } text) return otherwise;
        if (decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number * 1_000 is var scaled && scaled >= 1 && scaled <= most && scaled == decimal.Truncate(scaled))
        {
            return (int)scaled;
        }

        Query.Faults.Add(name, $"must be a number from 0.001 to {most / 1_000} with at most 3 decimals");
        return otherwise;
    }

    /// <summary>Where the page before ended, in a list by spend.</summary>
    public SpendPosition? After(out Problem? problem)
    {
        if (Query.Cursor(2, out problem) is not { } after) return null;
        if (long.TryParse(after[0], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var spent)) return new SpendPosition(new Money(spent), after[1]);
        problem = new Problem(ApiCode.InvalidCursor, "The cursor is not one that this list has answered.");
        return null;
    }

    /// <summary>All that is wrong, once everything has been read.</summary>
    public Problem? Problem() => Query.Problem() ?? _caller.Under(_asked, out _);

    private static DateOnly Before(DateOnly end) => end > DateOnly.MinValue ? end.AddDays(-1) : end;
}
