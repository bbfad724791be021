using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Windows;

namespace BudgetEngine.Domain.CostCenters;

/// <summary>What is set for a tenant as a whole. Decisions read it from a snapshot in every process, without a hop.</summary>
/// <param name="Calendar">The tenant's zone, with its history.</param>
/// <param name="DenyNewCostCenters"><c>new_cost_centers: deny</c>: a check of a path without a budget of its own is denied.</param>
/// <param name="RequireLimit">A check that meets no limited window is denied <c>no_budget</c>.</param>
/// <param name="MaxRecordCost">A record above this cost is refused as implausible.</param>
public sealed record TenantSettings(string Tenant, TenantCalendar Calendar, bool DenyNewCostCenters, bool RequireLimit, Money MaxRecordCost)
{
    public static readonly Money DefaultMaxRecordCost = new(1_000 * Money.NanosPerUnit);

    public static TenantSettings New(string tenant) => new(tenant, TenantCalendar.Utc, false, false, DefaultMaxRecordCost);
}
