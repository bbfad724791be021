using System.Runtime.CompilerServices;
using BudgetEngine.Client.Calls;
using Microsoft.Extensions.AI;

namespace BudgetEngine.Client.Models;

/// <summary>Puts the calls of a chat client under a budget. A denied call throws <see cref="BudgetDeniedException"/>.</summary>
/// <param name="costCenter">Who pays where no <see cref="BudgetScope"/> says so.</param>
public sealed class BudgetChatClient(IChatClient inner, BudgetClient client, string costCenter) : DelegatingChatClient(inner)
{
    public override async Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        var sent = messages as IReadOnlyList<ChatMessage> ?? [.. messages];
        var call = await StartAsync(sent, options, cancellationToken);
        try
        {
            var response = await base.GetResponseAsync(sent, options, cancellationToken);
            await call.SettleAsync(OutcomeOf("success", response.Usage, response.Text.Length));
            return response;
        }
        catch (Exception failed)
        {
            await call.SettleAsync(new CallOutcome { Status = StatusOf(failed, cancellationToken), ErrorCode = failed.GetType().Name });
            throw;
        }
    }

    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var sent = messages as IReadOnlyList<ChatMessage> ?? [.. messages];
        var call = await StartAsync(sent, options, cancellationToken);
        // As long as nothing else is known, whoever reads the stream has stopped.
        var status = "cancelled";
        UsageDetails? usage = null;
        long characters = 0;
        await using var updates = base.GetStreamingResponseAsync(sent, options, cancellationToken).GetAsyncEnumerator(cancellationToken);
        try
        {
            while (true)
            {
                try
                {
                    if (!await updates.MoveNextAsync()) break;
                }
                catch (Exception failed)
                {
                    status = StatusOf(failed, cancellationToken);
                    throw;
                }

                characters += updates.Current.Text.Length;
                foreach (var told in updates.Current.Contents.OfType<UsageContent>()) (usage ??= new UsageDetails()).Add(told.Details);
                yield return updates.Current;
            }

            status = "success";
        }
        finally
        {
            await call.SettleAsync(OutcomeOf(status, usage, characters));
        }
    }

    private Task<BudgetedCall> StartAsync(IReadOnlyList<ChatMessage> messages, ChatOptions? options, CancellationToken cancellationToken)
    {
        var metadata = InnerClient.GetService(typeof(ChatClientMetadata)) as ChatClientMetadata;
        return BudgetedCall.StartAsync(
            client,
            Estimates.Of(costCenter, options?.ModelId ?? metadata?.DefaultModelId, metadata?.ProviderName) with
            {
                InputCharacters = Estimates.Characters(messages, options),
                MaxOutputTokens = options?.MaxOutputTokens,
            },
            cancellationToken);
    }

    private static CallOutcome OutcomeOf(string status, UsageDetails? usage, long characters) =>
        Estimates.Counted(usage) is { } counted ? new CallOutcome { Status = status, Usage = counted }
            // What failed before it produced anything is not billed.
            : new CallOutcome { Status = status, OutputCharacters = status == "error" && characters == 0 ? null : characters };

    private static string StatusOf(Exception failed, CancellationToken cancellationToken) =>
        failed is not OperationCanceledException ? "error" : cancellationToken.IsCancellationRequested ? "cancelled" : "timeout";
}
