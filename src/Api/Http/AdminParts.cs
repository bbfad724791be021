using BudgetEngine.Ledger;
using Microsoft.Extensions.Options;

namespace BudgetEngine.Api;

/// <summary>What every administrative write needs: where it is stored, who must learn of it, when it happens, and how much of a body is read.</summary>
internal sealed record AdminParts(ILedgerStore Ledger, Catalog Catalog, LiveNodes Nodes, TimeProvider Clock, IOptions<ApiOptions> Api)
{
    public int MaxBodyBytes => Api.Value.MaxBodyBytes;
}
