using System.Collections.Concurrent;
using BudgetEngine.LocalSilo.Hosting;

namespace BudgetEngine.LocalSilo.Activations;

/// <summary>The activations of one grain class in one silo.</summary>
internal sealed class GrainTable(InProcessSilo silo, GrainClass grainClass)
{
    private readonly ConcurrentDictionary<string, Activation> _activations = new(StringComparer.Ordinal);

    internal InProcessSilo Silo { get; } = silo;

    internal GrainClass GrainClass { get; } = grainClass;

    internal IEnumerable<Activation> All => _activations.Select(static entry => entry.Value);

    internal Activation? Find(string key) => _activations.GetValueOrDefault(key);

    internal Activation FindOrAdd(string key)
    {
        if (_activations.TryGetValue(key, out var found)) return found;
        var added = new Activation(this, key);
        found = _activations.GetOrAdd(key, added);
        if (ReferenceEquals(found, added)) Silo.OnAdded();
        return found;
    }

    internal void Remove(Activation activation)
    {
        if (_activations.TryRemove(new(activation.Key, activation))) Silo.OnRemoved();
    }
}
