using System.Reflection;
using BudgetEngine.LocalSilo.Activations;

namespace BudgetEngine.LocalSilo.Calls;

/// <summary>A reference to a grain: a clone of the one proxy of its interface, with table and key filled in.</summary>
internal class GrainProxy : DispatchProxy
{
    private GrainInterface _interface = null!;
    private GrainTable _table = null!;

    internal string Key { get; private set; } = null!;

    internal GrainTable Table => _table;

    internal GrainProxy For(GrainInterface grainInterface, GrainTable table, string key)
    {
        var proxy = (GrainProxy)MemberwiseClone();
        proxy._interface = grainInterface;
        proxy._table = table;
        proxy.Key = key;
        return proxy;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
        new GrainCall(_table, Key, _interface[targetMethod!], args ?? []).Send();

    public override bool Equals(object? obj) => obj is GrainProxy other && ReferenceEquals(_table, other._table) && Key == other.Key;

    public override int GetHashCode() => HashCode.Combine(_table, Key);

    public override string ToString() => $"{_interface.Name}/{Key}";
}
