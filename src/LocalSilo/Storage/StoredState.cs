using System.Reflection;
using System.Text.Json;
using BudgetEngine.LocalSilo.Activations;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Core;
using Orleans.Runtime;

namespace BudgetEngine.LocalSilo.Storage;

/// <summary>Makes the state objects that grain constructors ask for.</summary>
internal static class StoredState
{
    internal static IStorage Create(Activation activation, ParameterInfo parameter)
    {
        var attribute = parameter.GetCustomAttribute<PersistentStateAttribute>()!;
        var services = activation.Silo.Services;
        var storage = attribute.StorageName is { } name
            ? services.GetRequiredKeyedService<ILocalGrainStorage>(name)
            : services.GetRequiredService<ILocalGrainStorage>();
        var id = new GrainStateId(activation.GrainClass.Name, activation.Key, attribute.StateName);
        var type = typeof(StoredState<>).MakeGenericType(parameter.ParameterType.GetGenericArguments());
        var state = (IStorage)Activator.CreateInstance(type, storage, id)!;
        activation.AddState(state);
        return state;
    }
}

/// <summary>One state of one grain, as JSON in its store.</summary>
internal sealed class StoredState<T>(ILocalGrainStorage storage, GrainStateId id) : IPersistentState<T>
{
    public T State { get; set; } = Activator.CreateInstance<T>();

    public string? Etag { get; private set; }

    public bool RecordExists => Etag is not null;

    public async Task ReadStateAsync()
    {
        var stored = await storage.ReadAsync(id, CancellationToken.None);
        State = stored is null ? Activator.CreateInstance<T>() : JsonSerializer.Deserialize<T>(stored.Json)!;
        Etag = stored?.Etag;
    }

    public async Task WriteStateAsync() => Etag = await storage.WriteAsync(id, JsonSerializer.Serialize(State), Etag, CancellationToken.None);

    public async Task ClearStateAsync()
    {
        await storage.ClearAsync(id, Etag, CancellationToken.None);
        State = Activator.CreateInstance<T>();
        Etag = null;
    }
}
