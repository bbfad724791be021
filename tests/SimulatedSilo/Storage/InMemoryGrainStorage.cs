using System.Globalization;
using System.Text.Json;
using Orleans.Storage;

namespace BudgetEngine.SimulatedSilo.Storage;

/// <summary>Keeps states for as long as the process lives; as JSON, so that a grain never shares an object with its storage.</summary>
public sealed class InMemoryGrainStorage : IGrainStorage
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(string Name, GrainId Grain), (string Json, string Etag)> _states = [];
    private long _writes;

    /// <inheritdoc/>
    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        lock (_lock)
        {
            grainState.RecordExists = _states.TryGetValue((stateName, grainId), out var stored);
            grainState.State = grainState.RecordExists ? JsonSerializer.Deserialize<T>(stored.Json)! : Activator.CreateInstance<T>();
            grainState.ETag = stored.Etag;
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        lock (_lock)
        {
            Check(stateName, grainId, grainState.ETag);
            grainState.ETag = (++_writes).ToString(CultureInfo.InvariantCulture);
            grainState.RecordExists = true;
            _states[(stateName, grainId)] = (JsonSerializer.Serialize(grainState.State), grainState.ETag);
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        lock (_lock)
        {
            Check(stateName, grainId, grainState.ETag);
            _states.Remove((stateName, grainId));
            (grainState.State, grainState.ETag, grainState.RecordExists) = (Activator.CreateInstance<T>(), null, false);
        }

        return Task.CompletedTask;
    }

    private void Check(string name, GrainId grain, string? etag)
    {
        var stored = _states.TryGetValue((name, grain), out var state) ? state.Etag : null;
        if (stored != etag) throw new InconsistentStateException($"{name} of {grain} was written by another.", stored, etag);
    }
}
