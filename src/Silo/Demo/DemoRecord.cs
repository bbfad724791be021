namespace BudgetEngine.Silo.Demo;

/// <summary>A usage record of the history, with the members of the public contract.</summary>
internal sealed record DemoRecord(string RequestId, string CostCenter, DateTimeOffset Timestamp, string User, string Provider, string Model)
{
    public string? Session { get; init; }

    public int? InputTokens { get; init; }

    public int? CachedInputTokens { get; init; }

    public int? OutputTokens { get; init; }

    /// <summary>As a provider reports it; null: rated by the engine.</summary>
    public decimal? Cost { get; init; }

    public int LatencyMs { get; init; }

    public int? TimeToFirstTokenMs { get; init; }

    public string Status { get; init; } = "success";

    public string? ErrorCode { get; init; }

    public required string RequestPath { get; init; }

    public required IReadOnlyDictionary<string, string> Tags { get; init; }
}
