using Orleans.Concurrency;

namespace BudgetEngine.Micro.Benchmarks;

/// <summary>A message of about the size of a reserve.</summary>
[GenerateSerializer, Immutable, Alias("BudgetEngine.Micro.RelayMessage")]
public sealed record RelayMessage([property: Id(0)] string Owner, [property: Id(1)] Guid Key, [property: Id(2)] long Amount, [property: Id(3)] string? Next);

/// <summary>Answers at once, or asks the next grain first, as a leaf asks its ancestors.</summary>
[Alias("BudgetEngine.Micro.IRelayGrain")]
public interface IRelayGrain : IGrainWithStringKey
{
    [Alias("Ask")]
    Task<RelayMessage> Ask(RelayMessage message);
}

/// <inheritdoc cref="IRelayGrain"/>
[Reentrant]
public sealed class RelayGrain : Grain, IRelayGrain
{
    public async Task<RelayMessage> Ask(RelayMessage message)
    {
        if (message.Next is not { } next) return message;
        var slash = next.LastIndexOf('/');
        return await GrainFactory.GetGrain<IRelayGrain>(next).Ask(message with { Next = slash < 0 ? null : next[..slash] });
    }
}
