namespace BudgetEngine.Client.Checks;

/// <summary>A reservation as the engine sees it.</summary>
public sealed record ReservationAnswer
{
    public string? ReservationId { get; init; }

    /// <summary><c>held</c>, <c>settling</c>, <c>settled</c>, <c>released</c>, <c>expired</c> or <c>forgotten</c>.</summary>
    public required string State { get; init; }

    public string? CostCenter { get; init; }

    public string? User { get; init; }

    public decimal? Granted { get; init; }

    /// <summary>What is still held of it.</summary>
    public decimal? Left { get; init; }

    public decimal? Settled { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }
}
