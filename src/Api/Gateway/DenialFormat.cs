namespace BudgetEngine.Api;

/// <summary>The shape of a denial that a gateway passes on.</summary>
internal enum DenialFormat : byte
{
    Problem,
    OpenAi,
    Anthropic,
}
