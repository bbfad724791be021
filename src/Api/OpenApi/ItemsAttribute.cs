namespace BudgetEngine.Api.OpenApi;

/// <summary>What each text of a list must be.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class ItemsAttribute : Attribute
{
    public string? Pattern { get; init; }

    public int MaxLength { get; init; }
}
