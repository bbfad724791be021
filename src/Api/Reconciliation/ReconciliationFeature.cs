using BudgetEngine.Api.Http;
using Microsoft.AspNetCore.Routing;

namespace BudgetEngine.Api.Reconciliation;

/// <summary>Invoices of providers against the ledger.</summary>
internal static class ReconciliationFeature
{
    public static IEndpointRouteBuilder MapReconciliation(this IEndpointRouteBuilder routes) => routes.Map<ReconcileEndpoints>();
}
