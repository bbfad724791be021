using BudgetEngine.LocalSilo.Activations;
using Orleans.Streams;

namespace Orleans;

/// <summary>Streams from inside a grain.</summary>
public static class GrainStreamingExtensions
{
    /// <summary>The stream provider that was registered under this name.</summary>
    public static IStreamProvider GetStreamProvider(this IGrainBase grain, string name) => grain.Activation().Silo.Streams(name);
}
