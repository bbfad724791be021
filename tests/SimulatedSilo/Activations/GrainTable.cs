using System.Collections.Concurrent;
using BudgetEngine.SimulatedSilo.Hosting;

namespace BudgetEngine.SimulatedSilo.Activations;

/// <summary>The activations of one grain class in one silo.</summary>
internal sealed class GrainTable(InProcessSilo silo, GrainClass grainClass)
{
    private readonly ConcurrentDictionary<string, Activation> _activations = new(StringComparer.Ordinal);

    internal InProcessSilo Silo { get; } = silo;

    internal GrainClass GrainClass { get; } = grainClass;

    internal GrainType GrainType { get; } = GrainType.Create(grainClass.Name);

    internal GrainId IdOf(string key) => GrainId.Create(GrainType, key);

    /// <summary>All of them; in simulation in a fixed order, since that of a hash table is none to build a reproducible run on.</summary>
    internal IEnumerable<Activation> All
    {
        get
        {
            return _activations.Select(static entry => entry.Value).OrderBy(static activation => activation.Key, StringComparer.Ordinal);
        }
    }

    internal Activation? Find(string key) => _activations.GetValueOrDefault(key);

    /// <summary>The activation of a key, made if need be; null if the silo is stopping and there is none.</summary>
    internal Activation? FindOrAdd(string key)
    {
        if (_activations.TryGetValue(key, out var found)) return found;
        if (Silo.IsStopping) return null;
        var added = new Activation(this, key);
        found = _activations.GetOrAdd(key, added);
        if (!ReferenceEquals(found, added)) return found;
        Silo.OnAdded();
        if (!Silo.IsStopping) return added;

        // The stop began meanwhile and may not have seen this one.
        Silo.Kill([added]);
        return null;
    }

    internal void Remove(Activation activation)
    {
        if (_activations.TryRemove(new(activation.Key, activation))) Silo.OnRemoved();
    }
}
