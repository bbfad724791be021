namespace BudgetEngine.Client.Providers;

/// <summary>Whose shape requests and answers have.</summary>
public enum ProviderFormat
{
    /// <summary>OpenAI's, as most providers and local servers speak it.</summary>
    OpenAi,

    /// <summary>Anthropic's Messages API.</summary>
    Anthropic,
}
