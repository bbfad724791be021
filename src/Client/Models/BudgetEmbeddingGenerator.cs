using BudgetEngine.Client.Calls;
using Microsoft.Extensions.AI;

namespace BudgetEngine.Client.Models;

/// <summary>Puts the calls of an embedding generator under a budget. A denied call throws <see cref="BudgetDeniedException"/>.</summary>
/// <param name="costCenter">Who pays where no <see cref="BudgetScope"/> says so.</param>
public sealed class BudgetEmbeddingGenerator<TInput, TEmbedding>(IEmbeddingGenerator<TInput, TEmbedding> inner, BudgetClient client, string costCenter)
    : DelegatingEmbeddingGenerator<TInput, TEmbedding>(inner)
    where TEmbedding : Embedding
{
    /// <summary>What an input counts as that is no text.</summary>
    private const int CharactersOfMedia = 6_400;

    public override async Task<GeneratedEmbeddings<TEmbedding>> GenerateAsync(
        IEnumerable<TInput> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        var inputs = values as IReadOnlyList<TInput> ?? [.. values];
        var metadata = InnerGenerator.GetService(typeof(EmbeddingGeneratorMetadata)) as EmbeddingGeneratorMetadata;
        var call = await BudgetedCall.StartAsync(
            client,
            Estimates.Of(costCenter, options?.ModelId ?? metadata?.DefaultModelId, metadata?.ProviderName) with
            {
                InputCharacters = inputs.Sum(i => (long)(i is string text ? text.Length : CharactersOfMedia)),
                MaxOutputTokens = 0,
            },
            cancellationToken);
        try
        {
            var embeddings = await base.GenerateAsync(inputs, options, cancellationToken);
            await call.SettleAsync(Estimates.Counted(embeddings.Usage) is { } counted ? new CallOutcome { Usage = counted } : new CallOutcome { OutputCharacters = 0 });
            return embeddings;
        }
        catch (Exception failed)
        {
            await call.SettleAsync(new CallOutcome { Status = failed is OperationCanceledException ? "cancelled" : "error", ErrorCode = failed.GetType().Name });
            throw;
        }
    }
}
