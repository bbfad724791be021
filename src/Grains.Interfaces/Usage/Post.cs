using System.Collections.Immutable;
using BudgetEngine.Domain.Usage;

namespace BudgetEngine.Grains.Interfaces.Usage;

/// <summary>A usage record or correction, validated and rated by the edge.</summary>
/// <param name="Row">As it is to be booked. The owner adds the time and the flags that it knows.</param>
/// <param name="Reservation">The reservation that it settles; null: none.</param>
[GenerateSerializer, Immutable, Alias("budget.UsageMessage.2")]
public sealed record UsageMessage(
    [property: Id(0)] UsageRow Row,
    [property: Id(1)] SettleMessage? Reservation);

/// <summary>What a reservation id says. User and date are null in messages of earlier versions.</summary>
[GenerateSerializer, Immutable, Alias("budget.SettleMessage")]
public sealed record SettleMessage(
    [property: Id(0)] Guid Key,
    [property: Id(1)] long Attempt,
    [property: Id(2)] string Owner,
    [property: Id(3)] string? User = null,
    [property: Id(4)] DateOnly? Date = null);

/// <summary>Records of one cost center, or settling reservations of one owner.</summary>
/// <param name="Bulk">From a large body: yields to single posts.</param>
/// <param name="HeldOnly">The sender's key has ended: what settles no reservation that is still held is <see cref="PostOutcome.NothingHeld"/>, and no more is booked than is held.</param>
[GenerateSerializer, Immutable, Alias("budget.PostRequest")]
public sealed record PostRequest(
    [property: Id(0)] ImmutableArray<UsageMessage> Records,
    [property: Id(1)] bool Bulk,
    [property: Id(2)] bool HeldOnly = false);

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

    /// <summary>It would make more cost centers than its tenant may in an hour. Nothing was taken.</summary>
    TooManyNew = 10,

    /// <summary>The hold was over by then: of a charge at a deadline, which no caller sends, and of a request that takes only what is held.</summary>
    NothingHeld = 11,
}

/// <summary>The outcome, with cost (nano-units) and flags as stored.</summary>
/// <param name="NewFrom">Of the first record of a new cost center: how many segments the highest cost center has that came into being with it; else 0.</param>
[GenerateSerializer, Immutable, Alias("budget.PostResult")]
public sealed record PostResult(
    [property: Id(0)] PostOutcome Outcome,
    [property: Id(1)] long Cost,
    [property: Id(2)] int Flags,
    [property: Id(3)] int NewFrom = 0);

/// <summary>One result per record, in order.</summary>
[GenerateSerializer, Immutable, Alias("budget.PostReply")]
public sealed record PostReply(
    [property: Id(0)] ImmutableArray<PostResult> Results);
