using BudgetEngine.Client.Providers;

namespace BudgetEngine.Client.Http;

/// <summary>How calls of one provider are budgeted.</summary>
public sealed record BudgetHandlerOptions
{
    /// <summary>Who pays where neither the request nor the <see cref="BudgetScope"/> says so.</summary>
    public required string CostCenter { get; init; }

    /// <summary>Null: by the path; <c>/messages</c> is Anthropic's, all else OpenAI's.</summary>
    public ProviderFormat? Format { get; init; }

    /// <summary>As the usage record names it, and the price book may; null: <c>openai</c> or <c>anthropic</c> by the format.</summary>
    public string? Provider { get; init; }

    /// <summary>Whether a call may go on with fewer output tokens when what is left does not pay for all of them. Default false: it is denied.</summary>
    public bool LowersMaxTokens { get; init; }

    /// <summary>With <see cref="LowersMaxTokens"/>: with fewer than this per answer the call is denied all the same. Default 16.</summary>
    public int MinOutputTokens { get; init; } = 16;

    /// <summary>Further attempts after 429, 500, 502, 503 or 504. Default 0: the providers' own libraries repeat by themselves.</summary>
    public int MaxRetries { get; init; }

    /// <summary>A provider that asks for a longer pause is not asked again: its answer goes to the caller. Default 20 s.</summary>
    public TimeSpan MaxRetryPause { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Until the answer begins, or is there if it is not a stream; all attempts together. Default 10 minutes.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>The largest request that is read. Default 32 MiB. A larger one is refused with an <see cref="HttpRequestException"/>.</summary>
    public int MaxRequestBytes { get; init; } = 32 * 1024 * 1024;

    /// <summary>The largest answer that is held until its cost is known, where it is no stream. Default 64 MiB; a larger one passes as it comes, and is settled at its end.</summary>
    public int MaxAnswerBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>What counts the tokens of a text for a model, for the estimate; null, or answering null: 4 characters are one.</summary>
    public Func<string, Func<string, int>?>? TokenCounters { get; init; }
}
