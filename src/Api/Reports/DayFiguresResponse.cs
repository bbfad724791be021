using BudgetEngine.Domain.Amounts;
using BudgetEngine.Ledger.Reports;

namespace BudgetEngine.Api.Reports;

/// <summary>A booked date with what it came to.</summary>
public sealed record DayFiguresResponse : FiguresResponse
{
    public DayFiguresResponse(DayUsage day, Money whole)
        : base(day.Spent, day.Requests, day.Usage, whole) => Date = day.Date;

    public DateOnly Date { get; }
}
