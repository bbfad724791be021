using BudgetEngine.LocalSilo.Streams;

namespace BudgetEngine.LocalSilo.Activations;

/// <summary>Who in the grain receives which stream; touched by turns of the activation only.</summary>
internal sealed partial class Activation
{
    internal object? ObserverOf(MemoryStreamToken token) => _extras?.Observers?.GetValueOrDefault((token.Provider, token.Stream));

    internal void Resume(MemoryStreamToken token, object observer) => (Extras.Observers ??= [])[(token.Provider, token.Stream)] = observer;
}
