namespace Orleans.Core;

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
