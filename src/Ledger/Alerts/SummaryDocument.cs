using BudgetEngine.Domain.Alerts;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Reports;
using BudgetEngine.Domain.Windows;

namespace BudgetEngine.Ledger.Alerts;

/// <summary>The figures of a summary as they are stored with its alert. Amounts in nano-units.</summary>
internal sealed record SummaryDocument
{
    public Period Period { get; init; }

    public DateOnly From { get; init; }

    public DateOnly To { get; init; }

    public long Spent { get; init; }

    public long Requests { get; init; }

    public long Before { get; init; }

    public ChangeDocument[] CostCenters { get; init; } = [];

    public ShareDocument[] Models { get; init; } = [];

    public DateOnly Month { get; init; }

    public long? Expected { get; init; }

    public long? Limit { get; init; }

    public DateOnly? RunsOutOn { get; init; }

    public ForecastConfidence Confidence { get; init; }

    public int Days { get; init; }

    public static SummaryDocument Of(SpendSummary s) => new()
    {
        Period = s.Period, From = s.From, To = s.To, Spent = s.Spent.Nanos, Requests = s.Requests, Before = s.Before.Nanos,
        CostCenters = [.. s.CostCenters.Select(c => new ChangeDocument(c.CostCenter, c.Spent.Nanos, c.Before.Nanos))], Models = [.. s.Models.Select(m => new ShareDocument(m.Model, m.Spent.Nanos))],
        Month = s.Outlook.Month, Expected = s.Outlook.Expected?.Nanos, Limit = s.Outlook.Limit?.Nanos, RunsOutOn = s.Outlook.RunsOutOn, Confidence = s.Outlook.Confidence, Days = s.Outlook.Days,
    };

    public SpendSummary ToSummary() => new(
        Period, From, To, new Money(Spent), Requests, new Money(Before), [.. CostCenters.Select(c => new SpendChange(c.CostCenter, new Money(c.Spent), new Money(c.Before)))],
        [.. Models.Select(m => new ModelShare(m.Name, new Money(m.Spent)))],
        new MonthOutlook(Month, Expected is { } expected ? new Money(expected) : null, Limit is { } limit ? new Money(limit) : null, RunsOutOn, Confidence, Days));
}

internal sealed record ChangeDocument(string CostCenter, long Spent, long Before);
