namespace BudgetEngine.Client.CostCenters;

/// <summary>A key, without its secret.</summary>
public sealed record KeyAnswer
{
    public required string Id { get; init; }

    /// <summary>The subtree that it reaches; null: everything.</summary>
    public string? CostCenter { get; init; }

    public IReadOnlyList<string> Scopes { get; init; } = [];

    /// <summary>How a gateway with this key reads headers; null: it trusts none.</summary>
    public GatewayAnswer? Gateway { get; init; }
}
