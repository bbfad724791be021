namespace Orleans.Runtime;

/// <summary>Asks for an <see cref="IPersistentState{TState}"/> as a constructor parameter.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public class PersistentStateAttribute(string stateName, string? storageName = null) : Attribute
{
    /// <summary>The name of the state within its grain.</summary>
    public string StateName { get; } = stateName;

    /// <summary>The key of the storage service; null for the default one.</summary>
    public string? StorageName { get; } = storageName;
}
