using BudgetEngine.Client.Calls;
using Microsoft.Extensions.AI;

namespace BudgetEngine.Client.Models;

/// <summary>What a call by Microsoft.Extensions.AI may cost, and what it did.</summary>
internal static class Estimates
{
    /// <summary>What an image or a file counts as.</summary>
    private const int CharactersOfMedia = 6_400;

    /// <summary>What the frame of a message costs.</summary>
    private const int CharactersOfMessage = 16;

    public static CallEstimate Of(string costCenter, string? model, string? provider)
    {
        var scope = BudgetScope.Current;
        return new CallEstimate
        {
            CostCenter = scope?.CostCenter ?? costCenter,
            User = scope?.User,
            Session = scope?.Session,
            Model = model ?? throw new InvalidOperationException("The model is not known: set ChatOptions.ModelId, or use a client that tells its default model."),
            Provider = provider,
        };
    }

    public static long Characters(IReadOnlyList<ChatMessage> messages, ChatOptions? options)
    {
        long sum = options?.Instructions?.Length ?? 0;
        foreach (var message in messages) sum += CharactersOfMessage + message.Contents.Sum(Characters);
        foreach (var tool in options?.Tools ?? [])
        {
            sum += tool.Name.Length + tool.Description.Length + (tool is AIFunctionDeclaration function ? function.JsonSchema.GetRawText().Length : 0);
        }

        return sum;
    }

    /// <summary>Null: the provider told no count.</summary>
    public static TokenUsage? Counted(UsageDetails? usage)
    {
        if (usage?.InputTokenCount is null && usage?.OutputTokenCount is null) return null;
        var (input, output) = (usage.InputTokenCount ?? 0, usage.OutputTokenCount ?? 0);
        return new TokenUsage(input, Math.Min(usage.CachedInputTokenCount ?? 0, input), 0, output, Math.Min(usage.ReasoningTokenCount ?? 0, output));
    }

    private static long Characters(AIContent content) => content switch
    {
        TextContent text => text.Text.Length,
        TextReasoningContent reasoning => reasoning.Text.Length,
        FunctionCallContent call => call.Name.Length + (call.Arguments?.Sum(a => a.Key.Length + (a.Value?.ToString()?.Length ?? 4)) ?? 0),
        FunctionResultContent result => result.Result?.ToString()?.Length ?? 4,
        _ => CharactersOfMedia,
    };
}
