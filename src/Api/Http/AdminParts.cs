using BudgetEngine.Api.CostCenters;
using BudgetEngine.Ledger.Catalogs;

namespace BudgetEngine.Api.Http;

/// <summary>What every administrative write needs besides its table: who must learn of it, when it happens, and how bodies are read.</summary>
internal sealed record AdminParts(Catalog Catalog, LiveNodes Nodes, TimeProvider Clock, BodyReader Bodies);
