using BudgetEngine.Domain.Amounts;

namespace BudgetEngine.Domain.Budgets;

/// <summary>The question an owner puts to each node of the path, itself included.</summary>
/// <param name="Owner">The cost center named in the check.</param>
/// <param name="Amount">What is to be held in all; replaces what this key holds already.</param>
/// <param name="MinAmount">The least that a partial grant may be; null: all or nothing.</param>
/// <param name="Free">The amount is 0 because the price is.</param>
/// <param name="Unestimated">Nothing could be estimated: passes while anything is available.</param>
/// <param name="Lower">Gives back a part, or only moves the deadline: never refused.</param>
/// <param name="Date">Booked date, stamped by the owner.</param>
/// <param name="Today">For an extension: the owner's date. A limited window that has ended by it takes no more amount (R5). Null: the date is today's.</param>
/// <param name="Tokens">Of a call: input and output as announced, 0 where neither is known; saturated. <see cref="NoCall"/>: a hold is put back or changed.</param>
/// <param name="ExpiresAt">Deadline, stamped by the owner. <paramref name="Lifetime"/>: how far it is from the owner's instant.</param>
public readonly record struct Ask(
    Guid Key, string Owner, Stamp Attempt, Stamp Revision, string User, string? Model, string? RequestId, Money Amount, Money? MinAmount,
    bool Free, bool Unestimated, bool Lower, DateOnly Date, DateTimeOffset ExpiresAt, TimeSpan Lifetime, DateOnly? Today = null, int Tokens = Ask.NoCall)
{
    public const int NoCall = -1;

    /// <summary>A call is about to be made: it counts in limits by the minute.</summary>
    internal bool IsCall => Tokens >= 0 && !Lower && Today is null;
}

public enum VerdictKind : byte
{
    Unknown = 0,
    Granted = 1,
    Refused = 2,

    /// <summary>A later stamp, or the end of this attempt, is known: nothing changes.</summary>
    Stale = 3,
}

/// <summary>A node's answer to an <see cref="Ask"/>, with its figures before the answer takes effect.</summary>
/// <param name="Limited">It has at least one limited window for this ask.</param>
/// <param name="HardLimited">It has one that is enforced hard.</param>
/// <param name="Available">Of its tightest window; null when not limited.</param>
/// <param name="BlockedBy">The refusing window that resets last, or the refusing limit by the minute that lasts longest.</param>
/// <param name="LapseAfter">Time until the next hold here lapses, where the amount or its least part would fit if nothing were held; of a limit by the minute until it fits. Null: waiting does not help.</param>
/// <param name="PausedBy">For a refusal because of a pause: the widest pause that refuses.</param>
public readonly record struct Verdict(
    VerdictKind Kind, DenialReason Reason, Money Granted, bool OverLimit, bool Limited, bool HardLimited, WindowFigures? Tightest, WindowFigures? BlockedBy,
    TimeSpan? LapseAfter, Pause? PausedBy = null)
{
    public Money? Available => Tightest?.Available;
}
