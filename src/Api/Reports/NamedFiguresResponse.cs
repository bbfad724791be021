using System.ComponentModel;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Ledger.Reports;

namespace BudgetEngine.Api.Reports;

/// <summary>A model, a provider, a user or a tag's value with what it came to.</summary>
public sealed record NamedFiguresResponse : FiguresResponse
{
    public NamedFiguresResponse(NamedUsage named, Money whole)
        : base(named.Usage.Spent, named.Usage.Requests, named.Usage, whole) => Name = named.Name;

    [Description("Empty: records without one.")]
    public string Name { get; }
}
