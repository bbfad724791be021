namespace BudgetEngine.Client.CostCenters;

/// <summary>The part of a key's gateway profile that a gateway acts by.</summary>
public sealed record GatewayAnswer
{
    /// <summary>Headers that count.</summary>
    public IReadOnlyList<string>? Trust { get; init; }

    /// <summary>For every denial; null: by its reason.</summary>
    public int? DenyStatus { get; init; }
}
