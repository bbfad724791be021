using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Domain.Windows;
using BudgetEngine.Domain.Wording;

namespace BudgetEngine.Api.Budgets;

/// <summary>Fields of a tenant that a body names; the others keep their value. Null sets the default.</summary>
internal sealed class TenantDraft
{
    /// <summary>The words of <c>new_cost_centers</c>.</summary>
    public const string CreateWord = "create";
    public const string DenyWord = Words.Deny;

    private string? _timeZone;
    private bool? _denyNewCostCenters;
    private bool? _requireLimit;
    private Money? _maxRecordCost;

    /// <summary>Names of the fields that were sent with a value of their own.</summary>
    public List<string> Sent { get; } = [];

    public void SetTimeZone(string? zone) => _timeZone = Set("time_zone", zone) ?? "UTC";

    public void SetDenyNewCostCenters(bool? deny) => _denyNewCostCenters = Set("new_cost_centers", deny) ?? false;

    public void SetRequireLimit(bool? require) => _requireLimit = Set("require_limit", require) ?? false;

    public void SetMaxRecordCost(Money? max) => _maxRecordCost = Set("max_record_cost", max) ?? TenantSettings.DefaultMaxRecordCost;

    /// <summary>The tenant as it is to be; null: unchanged.</summary>
    /// <param name="current">Null: the tenant is new.</param>
    public TenantSettings? ApplyTo(TenantSettings? current, string tenant, DateTimeOffset now)
    {
        if (_timeZone is null && _denyNewCostCenters is null && _requireLimit is null && _maxRecordCost is null) return null;
        var before = current ?? TenantSettings.New(tenant);
        return before with
        {
            Calendar = _timeZone is null ? before.Calendar : ZoneOf(current, _timeZone, now),
            DenyNewCostCenters = _denyNewCostCenters ?? before.DenyNewCostCenters,
            RequireLimit = _requireLimit ?? before.RequireLimit,
            MaxRecordCost = _maxRecordCost ?? before.MaxRecordCost,
        };
    }

    /// <summary>A new zone begins at the end of the current day; a new tenant has no day yet that could end.</summary>
    private static TenantCalendar ZoneOf(TenantSettings? current, string zone, DateTimeOffset now) =>
        current?.Calendar.WithZone(zone, now) ?? TenantCalendar.Of(zone);

    private T Set<T>(string field, T value)
    {
        if (value is not null) Sent.Add(field);
        return value;
    }
}
