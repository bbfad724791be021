namespace BudgetEngine.LocalSilo.Storage;

/// <summary>
/// Where <c>IPersistentState</c> is kept. Registered as a singleton, under a key if the grain's attribute names a storage.
/// A write or a clear whose etag is not the stored one throws <see cref="Orleans.Runtime.OrleansException"/> and changes nothing.
/// </summary>
public interface ILocalGrainStorage
{
    /// <summary>The state, or null if there is none.</summary>
    Task<StoredGrainState?> ReadAsync(GrainStateId id, CancellationToken cancellationToken);

    /// <summary>Writes the state and answers its new etag; a null etag means that there must be none yet.</summary>
    Task<string> WriteAsync(GrainStateId id, string json, string? etag, CancellationToken cancellationToken);

    /// <summary>Removes the state.</summary>
    Task ClearAsync(GrainStateId id, string? etag, CancellationToken cancellationToken);
}

/// <summary>Names one state of one grain.</summary>
public readonly record struct GrainStateId(string GrainType, string Key, string StateName);

/// <summary>A state as it is stored.</summary>
public sealed record StoredGrainState(string Json, string Etag);
