using Orleans.Core;

namespace Orleans.Runtime;

/// <summary>Named state of a grain, read before OnActivateAsync.</summary>
public interface IPersistentState<TState> : IStorage<TState>;
