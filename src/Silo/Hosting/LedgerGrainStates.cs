#if !ORLEANS
using System.Globalization;
using BudgetEngine.Ledger;
using BudgetEngine.LocalSilo.Storage;
using Orleans.Runtime;

namespace BudgetEngine.Silo;

/// <summary>Keeps the notifiers' own state in a table of the ledger's database.</summary>
internal sealed class LedgerGrainStates(ILedgerGrainStates store) : ILocalGrainStorage
{
    public async Task<StoredGrainState?> ReadAsync(GrainStateId id, CancellationToken cancellationToken) =>
        await store.ReadStateAsync(KeyOf(id), cancellationToken) is { } stored ? new StoredGrainState(stored.State, TextOf(stored.Etag)) : null;

    public async Task<string> WriteAsync(GrainStateId id, string json, string? etag, CancellationToken cancellationToken) =>
        await store.WriteStateAsync(KeyOf(id), json, NumberOf(etag), cancellationToken) is { } written
            ? TextOf(written)
            : throw new OrleansException($"{id} was written by another.");

    public async Task ClearAsync(GrainStateId id, string? etag, CancellationToken cancellationToken)
    {
        if (etag is not null && !await store.ClearStateAsync(KeyOf(id), NumberOf(etag), cancellationToken)) throw new OrleansException($"{id} was written by another.");
    }

    private static string KeyOf(GrainStateId id) => $"{id.StateName}/{id.Key}";

    private static string TextOf(long etag) => etag.ToString(CultureInfo.InvariantCulture);

    private static long NumberOf(string? etag) => etag is null ? 0 : long.Parse(etag, CultureInfo.InvariantCulture);
}
#endif
