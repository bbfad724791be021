using BudgetEngine.Client.Providers;

namespace BudgetEngine.Gateway.Configuration;

/// <summary>One provider: <c>Gateway:Upstreams:NAME</c>, served at <c>/NAME</c>.</summary>
public sealed class UpstreamOptions
{
    /// <summary>What <c>/NAME/v1</c> stands for, such as <c>https://api.openai.com/v1</c>.</summary>
    public string BaseUrl { get; set; } = "";

    /// <summary>Sent where the caller brings no key of the provider. Never logged; give it by the environment.</summary>
    public string? ApiKey { get; set; }

    /// <summary><c>openai</c> (most providers and local servers) or <c>anthropic</c>.</summary>
    public ProviderFormat Format { get; set; } = ProviderFormat.OpenAi;
}
