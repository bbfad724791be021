using System.Text.Json.Serialization;

namespace BudgetEngine.Shipping.Lines;

/// <summary>A usage record of the API, as far as an access log can tell.</summary>
internal sealed record SettlementRecord
{
    public required string RequestId { get; init; }

    public string? ReservationId { get; init; }

    public string? CostCenter { get; init; }

    public string? User { get; init; }

    public string? Model { get; init; }

    public long? InputTokens { get; init; }

    public long? OutputTokens { get; init; }

    /// <summary>As the log has it, digit for digit.</summary>
    public string? Cost { get; init; }

    public string? Status { get; init; }

    public string? Timestamp { get; init; }

    public decimal? LatencyMs { get; init; }

    public string? RequestPath { get; init; }
}

/// <summary>As the API reads it.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SettlementRecord[]))]
internal sealed partial class SettlementJson : JsonSerializerContext;
