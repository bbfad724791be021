using System.Collections.Immutable;
using Orleans;

namespace BudgetEngine.Grains.Interfaces.Usage;

/// <summary>A usage record or correction, validated and rated by the edge. Amounts in nano-units.</summary>
/// <param name="Kind">0 usage, 1 correction.</param>
/// <param name="Status">0 success, 1 error, 2 timeout, 3 cancelled.</param>
/// <param name="BookedDate">Set by the edge; of a settle, the date in the reservation's id.</param>
/// <param name="Flags">Flags known to the edge; the owner adds its own.</param>
/// <param name="Reservation">The reservation that it settles; null: none.</param>
[GenerateSerializer, Immutable, Alias("budget.UsageMessage")]
public sealed record UsageMessage(
    [property: Id(0)] string RequestId,
    [property: Id(1)] string CostCenter,
    [property: Id(2)] byte Kind,
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
    [property: Id(15)] byte Status,
    [property: Id(16)] bool Final,
    [property: Id(17)] string? Corrects,
    [property: Id(18)] DateTimeOffset Timestamp,
    [property: Id(19)] DateOnly BookedDate,
    [property: Id(20)] long? LatencyMicros,
    [property: Id(21)] long? TimeToFirstTokenMicros,
    [property: Id(22)] string? ErrorCode,
    [property: Id(23)] string? ErrorMessage,
    [property: Id(24)] string? RequestPath,
    [property: Id(25)] string? Preview,
    [property: Id(26)] string? TagsJson,
    [property: Id(27)] string? Reason,
    [property: Id(28)] string? ReservationId,
    [property: Id(29)] int Flags,
    [property: Id(30)] Guid ContentHash,
    [property: Id(31)] SettleMessage? Reservation);

/// <summary>What a reservation id says.</summary>
[GenerateSerializer, Immutable, Alias("budget.SettleMessage")]
public sealed record SettleMessage(
    [property: Id(0)] Guid Key,
    [property: Id(1)] long Attempt,
    [property: Id(2)] string Owner);

/// <summary>Records of one cost center, or settling reservations of one owner.</summary>
/// <param name="Bulk">From a large body: yields to single posts.</param>
[GenerateSerializer, Immutable, Alias("budget.PostRequest")]
public sealed record PostRequest(
    [property: Id(0)] ImmutableArray<UsageMessage> Records,
    [property: Id(1)] bool Bulk);

/// <summary>What became of a record.</summary>
public enum PostOutcome : byte
{
    Unknown = 0,
    Recorded = 1,
    Duplicate = 2,
    Conflict = 3,
    UnknownOriginal = 4,
    CorrectionTooLarge = 5,
    NotStorable = 6,
    Unavailable = 7,
    Overloaded = 8,
    Stopping = 9,
}

/// <summary>The outcome, with cost (nano-units) and flags as stored.</summary>
[GenerateSerializer, Immutable, Alias("budget.PostResult")]
public sealed record PostResult(
    [property: Id(0)] PostOutcome Outcome,
    [property: Id(1)] long Cost,
    [property: Id(2)] int Flags);

/// <summary>One result per record, in order.</summary>
[GenerateSerializer, Immutable, Alias("budget.PostReply")]
public sealed record PostReply(
    [property: Id(0)] ImmutableArray<PostResult> Results);
