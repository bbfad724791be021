using Microsoft.Extensions.AI;

namespace BudgetEngine.Client.Models;

/// <summary>Adds a budget to the clients of Microsoft.Extensions.AI.</summary>
public static class BudgetBuilderExtensions
{
    /// <summary>Checks every call before it is made and settles it afterwards. Put it outside of function calling and each of its turns is not seen, inside and each is checked.</summary>
    /// <param name="costCenter">Who pays where no <see cref="BudgetScope"/> says so.</param>
    public static ChatClientBuilder UseBudget(this ChatClientBuilder builder, BudgetClient client, string costCenter) =>
        builder.Use(inner => new BudgetChatClient(inner, client, costCenter));

    /// <summary>The same for embeddings.</summary>
    public static EmbeddingGeneratorBuilder<TInput, TEmbedding> UseBudget<TInput, TEmbedding>(
        this EmbeddingGeneratorBuilder<TInput, TEmbedding> builder, BudgetClient client, string costCenter)
        where TEmbedding : Embedding => builder.Use(inner => new BudgetEmbeddingGenerator<TInput, TEmbedding>(inner, client, costCenter));
}
