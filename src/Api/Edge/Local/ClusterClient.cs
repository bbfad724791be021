using BudgetEngine.Ledger;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Options;

namespace BudgetEngine.Api;

/// <summary>The local runtime is one process with its cost centers in it: there is nothing to be a client of.</summary>
internal static class ClusterClient
{
    public static void AddClusterClient(this WebApplicationBuilder builder, ClusterSettings cluster, LedgerOptions ledger) =>
        throw new OptionsValidationException(
            ClusterSettings.Section, typeof(ClusterSettings), ["The API by itself needs the Orleans runtime: build with -p:ActorRuntime=Orleans, or run the silo, which serves the API too"]);
}
