using BudgetEngine.Api.CostCenters;
using BudgetEngine.Ledger.Catalogs;
using Microsoft.Extensions.Options;

namespace BudgetEngine.Api.Http;

/// <summary>What every administrative write needs besides its table: who must learn of it, when it happens, and how much of a body is read.</summary>
internal sealed record AdminParts(Catalog Catalog, LiveNodes Nodes, TimeProvider Clock, IOptions<ApiOptions> Api)
{
    public int MaxBodyBytes => Api.Value.MaxBodyBytes;
}
