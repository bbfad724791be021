using Orleans.Core;

namespace Orleans.Runtime
{
    /// <summary>Named state of a grain, read before OnActivateAsync.</summary>
    public interface IPersistentState<TState> : IStorage<TState>;

    /// <summary>Asks for an <see cref="IPersistentState{TState}"/> as a constructor parameter.</summary>
    [AttributeUsage(AttributeTargets.Parameter)]
    public class PersistentStateAttribute(string stateName, string? storageName = null) : Attribute
    {
        /// <summary>The name of the state within its grain.</summary>
        public string StateName { get; } = stateName;

        /// <summary>The key of the storage service; null for the default one.</summary>
        public string? StorageName { get; } = storageName;
    }
}

namespace Orleans.Core
{
    /// <summary>State that is kept in a store.</summary>
    public interface IStorage
    {
        /// <summary>The version that was last read or written.</summary>
        string? Etag { get; }

        /// <summary>Whether the store has the state.</summary>
        bool RecordExists { get; }

        /// <summary>Reads the state again.</summary>
        Task ReadStateAsync();

        /// <summary>Writes the state, if nobody else did since it was read.</summary>
        Task WriteStateAsync();

        /// <summary>Removes the state from the store.</summary>
        Task ClearStateAsync();
    }

    /// <summary>State of one type that is kept in a store.</summary>
    public interface IStorage<TState> : IStorage
    {
        /// <summary>The state as the grain sees it.</summary>
        TState State { get; set; }
    }
}
