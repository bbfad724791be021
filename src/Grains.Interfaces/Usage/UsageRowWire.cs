using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Usage;

namespace BudgetEngine.Grains.Interfaces.Usage;

/// <summary>How Orleans writes a <see cref="UsageRow"/>, which knows nothing of Orleans: members are only added, each with a new number.</summary>
[GenerateSerializer, Immutable]
internal readonly record struct UsageRowWire(
    [property: Id(0)] string RequestId,
    [property: Id(1)] string CostCenter,
    [property: Id(2)] RowKind Kind,
    [property: Id(3)] string User,
    [property: Id(4)] string? Session,
    [property: Id(5)] string? Provider,
    [property: Id(6)] string? Model,
    [property: Id(7)] long? InputTokens,
    [property: Id(8)] long? CachedInputTokens,
    [property: Id(9)] long? CacheWriteTokens,
    [property: Id(10)] long? OutputTokens,
    [property: Id(11)] long? ReasoningTokens,
    [property: Id(12)] long? InputCharacters,
    [property: Id(13)] long? OutputCharacters,
    [property: Id(14)] long Cost,
    [property: Id(15)] UsageStatus Status,
    [property: Id(16)] bool Final,
    [property: Id(17)] string? Corrects,
    [property: Id(18)] DateTimeOffset Timestamp,
    [property: Id(19)] DateTimeOffset RecordedAt,
    [property: Id(20)] DateOnly BookedDate,
    [property: Id(21)] long? LatencyMicros,
    [property: Id(22)] long? TimeToFirstTokenMicros,
    [property: Id(23)] string? ErrorCode,
    [property: Id(24)] string? ErrorMessage,
    [property: Id(25)] string? RequestPath,
    [property: Id(26)] string? Preview,
    [property: Id(27)] string? TagsJson,
    [property: Id(28)] string? Reason,
    [property: Id(29)] string? ReservationId,
    [property: Id(30)] RowFlags Flags,
    [property: Id(31)] Guid ContentHash,
    [property: Id(32)] long RetainedRequests,
    [property: Id(33)] string? DetailsJson,
    [property: Id(34)] string? PricedAsJson);

/// <summary>Used by Orleans where a message with a row goes to another process.</summary>
[RegisterConverter]
internal sealed class UsageRowConverter : IConverter<UsageRow, UsageRowWire>
{
    public UsageRow ConvertFromSurrogate(in UsageRowWire wire) => new()
    {
        RequestId = wire.RequestId,
        CostCenter = wire.CostCenter,
        Kind = wire.Kind,
        User = wire.User,
        Session = wire.Session,
        Provider = wire.Provider,
        Model = wire.Model,
        InputTokens = wire.InputTokens,
        CachedInputTokens = wire.CachedInputTokens,
        CacheWriteTokens = wire.CacheWriteTokens,
        OutputTokens = wire.OutputTokens,
        ReasoningTokens = wire.ReasoningTokens,
        InputCharacters = wire.InputCharacters,
        OutputCharacters = wire.OutputCharacters,
        Cost = new Money(wire.Cost),
        Status = wire.Status,
        Final = wire.Final,
        Corrects = wire.Corrects,
        Timestamp = wire.Timestamp,
        RecordedAt = wire.RecordedAt,
        BookedDate = wire.BookedDate,
        LatencyMicros = wire.LatencyMicros,
        TimeToFirstTokenMicros = wire.TimeToFirstTokenMicros,
        ErrorCode = wire.ErrorCode,
        ErrorMessage = wire.ErrorMessage,
        RequestPath = wire.RequestPath,
        Preview = wire.Preview,
        TagsJson = wire.TagsJson,
        Reason = wire.Reason,
        ReservationId = wire.ReservationId,
        Flags = wire.Flags,
        ContentHash = wire.ContentHash,
        RetainedRequests = wire.RetainedRequests,
        DetailsJson = wire.DetailsJson,
        PricedAsJson = wire.PricedAsJson,
    };

    public UsageRowWire ConvertToSurrogate(in UsageRow row) => new(
        row.RequestId, row.CostCenter, row.Kind, row.User, row.Session, row.Provider, row.Model, row.InputTokens, row.CachedInputTokens,
        row.CacheWriteTokens, row.OutputTokens, row.ReasoningTokens, row.InputCharacters, row.OutputCharacters, row.Cost.Nanos, row.Status, row.Final,
        row.Corrects, row.Timestamp, row.RecordedAt, row.BookedDate, row.LatencyMicros, row.TimeToFirstTokenMicros, row.ErrorCode, row.ErrorMessage,
        row.RequestPath, row.Preview, row.TagsJson, row.Reason, row.ReservationId, row.Flags, row.ContentHash, row.RetainedRequests, row.DetailsJson, row.PricedAsJson);
}
