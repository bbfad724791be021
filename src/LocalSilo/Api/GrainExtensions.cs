using BudgetEngine.LocalSilo.Activations;
using BudgetEngine.LocalSilo.Calls;
using Orleans.Runtime;

namespace Orleans;

/// <summary>What can be asked of a grain or of a reference to one.</summary>
public static class GrainExtensions
{
    /// <summary>The key of a grain, from inside it or from a reference.</summary>
    public static string GetPrimaryKeyString(this IAddressable grain) => grain switch
    {
        GrainProxy proxy => proxy.Key,
        IGrainBase instance => instance.Activation().Key,
        _ => throw new ArgumentException($"{grain} is neither a grain nor a reference to one.", nameof(grain)),
    };
}
