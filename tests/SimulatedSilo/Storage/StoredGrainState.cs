using System.Reflection;
using BudgetEngine.SimulatedSilo.Activations;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Core;
using Orleans.Storage;

namespace BudgetEngine.SimulatedSilo.Storage;

/// <summary>Makes the state objects that grain constructors ask for.</summary>
internal static class StoredGrainState
{
    internal static IStorage Create(Activation activation, ParameterInfo parameter)
    {
        var attribute = parameter.GetCustomAttribute<PersistentStateAttribute>()!;
        var services = activation.Silo.Services;
        var storage = attribute.StorageName is { } name ? services.GetRequiredKeyedService<IGrainStorage>(name) : services.GetRequiredService<IGrainStorage>();
        var type = typeof(StoredGrainState<>).MakeGenericType(parameter.ParameterType.GetGenericArguments());
        return (IStorage)Activator.CreateInstance(type, storage, attribute.StateName, activation.GrainId)!;
    }
}

/// <summary>One state of one grain in its storage. Orleans' own implementation needs its internal runtime context.</summary>
internal sealed class StoredGrainState<T>(IGrainStorage storage, string name, GrainId grain) : IPersistentState<T>
{
    private readonly GrainState<T> _state = new() { State = Activator.CreateInstance<T>()! };

    public T State
    {
        get => _state.State!;
        set => _state.State = value;
    }

    public string? Etag => _state.ETag;

    public bool RecordExists => _state.RecordExists;

    public Task ReadStateAsync() => storage.ReadStateAsync(name, grain, _state);

    public Task WriteStateAsync() => storage.WriteStateAsync(name, grain, _state);

    public Task ClearStateAsync() => storage.ClearStateAsync(name, grain, _state);
}
