using System.Globalization;
using BudgetEngine.Api.Http;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Reconciliation;
using BudgetEngine.Domain.Windows;

namespace BudgetEngine.Api.Reconciliation;

/// <summary>The lines of an invoice as they are being read, with every fault that they have.</summary>
/// <param name="calendar">In whose zone an instant has its date.</param>
internal sealed class InvoiceLines(TenantCalendar calendar, Resolution resolution, FaultList faults)
{
    /// <summary>Lines of one request: several times what a day of a large tenant has by model.</summary>
    public const int MaxLines = 100_000;

    private readonly SortedSet<string> _ignored = new(StringComparer.Ordinal);
    private string? _provider;
    private InvoiceGrouping? _grouping;

    public List<InvoiceLine> Lines { get; } = [];

    public Resolution Resolution => resolution;

    /// <summary>The largest amount of a line, either way.</summary>
    public decimal MaxCost { get; } = resolution.MaxInput;

    public string CostFault => $"must be a number of at most {MaxCost.ToString(CultureInfo.InvariantCulture)}";

    public InvoiceGrouping Grouping => _grouping ?? InvoiceGrouping.Model;

    public TenantCalendar Calendar => calendar;

    /// <summary>Names of fields or columns that mean nothing here.</summary>
    public IReadOnlyCollection<string> Ignored => _ignored;

    /// <summary>Of the filter, or else the one that all lines name; null: none.</summary>
    public string? Provider => _provider;

    public bool IsFull => Lines.Count >= MaxLines;

    /// <summary>Asks for lines of this provider only.</summary>
    public void Expect(string? provider) => _provider = provider;

    public void Ignore(string name)
    {
        if (_ignored.Count < FaultList.MaxNamed) _ignored.Add(name);
    }

    public void Fault(int number, string field, string message) => faults.Add($"lines[{number}].{field}", message);

    /// <summary>A line whose fields could all be read.</summary>
    /// <param name="number">From 0.</param>
    public void Add(int number, InvoiceLine line)
    {
        if (line.RequestId is null && line.Model is null) Fault(number, "model", "is required, or request_id");
        var grouping = _grouping ??= line.Grouping;
        if (line.Grouping != grouping) Fault(number, "request_id", $"must be as in the first line, which is about {Meaning(grouping)}: a sum and its parts would count twice");
        if (line.Provider is { } provider && !provider.Equals(_provider ??= provider, StringComparison.OrdinalIgnoreCase)) Fault(number, "provider", $"must be {_provider}: one provider at a time");
        Lines.Add(line);
    }

    public DateOnly? DateOf(in DateOrTime at) => at.Date ?? (at.Time is { } time ? calendar.DateOf(time) : null);

    private static string Meaning(InvoiceGrouping grouping) => grouping switch
    {
        InvoiceGrouping.Request => "one call",
        InvoiceGrouping.Day => "a model on a day",
        _ => "a model in the whole range",
    };
}
