using System.Globalization;
using System.Text.Json;
using BudgetEngine.Ledger.Alerts;
using Orleans.Storage;

namespace BudgetEngine.Grains.Alerts;

/// <summary>Keeps the notifiers' own state in a table of the ledger's database, where that is SQLite or simulated.</summary>
public sealed class LedgerGrainStates(ILedgerGrainStates store) : IGrainStorage
{
    public async Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var stored = await store.ReadStateAsync(KeyOf(stateName, grainId), CancellationToken.None);
        grainState.State = stored is null ? Activator.CreateInstance<T>() : JsonSerializer.Deserialize<T>(stored.State)!;
        grainState.RecordExists = stored is not null;
        grainState.ETag = stored?.Etag.ToString(CultureInfo.InvariantCulture);
    }

    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var written = await store.WriteStateAsync(KeyOf(stateName, grainId), JsonSerializer.Serialize(grainState.State), EtagOf(grainState), CancellationToken.None)
            ?? throw new InconsistentStateException($"The state {stateName} of {grainId} was written by another.");
        grainState.RecordExists = true;
        grainState.ETag = written.ToString(CultureInfo.InvariantCulture);
    }

    public async Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var gone = grainState.ETag is null || await store.ClearStateAsync(KeyOf(stateName, grainId), EtagOf(grainState), CancellationToken.None);
        if (!gone) throw new InconsistentStateException($"The state {stateName} of {grainId} was written by another.");
        grainState.State = Activator.CreateInstance<T>();
        grainState.RecordExists = false;
        grainState.ETag = null;
    }

    private static string KeyOf(string stateName, GrainId grainId) => $"{stateName}/{grainId.Key}";

    private static long EtagOf<T>(IGrainState<T> state) => state.ETag is null ? 0 : long.Parse(state.ETag, CultureInfo.InvariantCulture);
}
