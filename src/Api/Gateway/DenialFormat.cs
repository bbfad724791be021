namespace BudgetEngine.Api.Gateway;

/// <summary>The shape of a denial that a gateway passes on.</summary>
public enum DenialFormat : byte
{
    Problem,
    OpenAi,
    Anthropic,
}
