using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Grains.Interfaces.Budgets;

namespace BudgetEngine.Grains.CostCenters;

/// <summary>The ask of an owner and the answer of an ancestor, between their domain types and the messages that carry them to another grain.</summary>
internal static class HoldMapping
{
    /// <summary>The ask as an ancestor gets it, for the amount that the nodes below it have granted.</summary>
    public static HoldRequest ToRequest(this PathAsk question, Money amount, bool dryRun)
    {
        var ask = question.Ask;
        return new HoldRequest(
            ask.Owner, ask.Key, ask.Attempt.Value, ask.Revision.Value, ask.User, ask.Model, amount.Nanos, ask.MinAmount?.Nanos, ask.Free, ask.Unestimated, ask.Lower,
            ask.Date, ask.ExpiresAt - ask.Lifetime, ask.ExpiresAt, dryRun, question.Explain, question.VisibleDepth, ask.RequestId, ask.Today,
            EndsEarlier: dryRun && !question.DryRun, Math.Max(0, ask.Tokens));
    }

    public static Ask ToAsk(this HoldRequest r) => new(
        r.Key, r.Owner, new Stamp(r.Attempt), new Stamp(r.Revision), r.User, r.Model, r.RequestId, new Money(r.Amount), MoneyOf(r.MinAmount), r.Free, r.Unestimated, r.Lower,
        r.Date, r.Deadline, r.Deadline - r.Now, r.Today, r.Tokens);

    public static HoldReply ToReply(this in NodeAnswer a) => new(
        a.Kind, a.Reason, a.Granted.Nanos, a.OverLimit, a.Outage, a.Limited, a.Durable, a.Epoch, a.Available?.Nanos, a.Tightest, a.BlockedBy, a.LapseAfter, a.Windows,
        a.PausedBy, a.HardLimited);

    public static NodeAnswer ToAnswer(this HoldReply r) => new(
        r.Status, r.Reason, new Money(r.Granted), r.OverLimit, r.Outage, r.Limited, r.HardLimited, r.Durable, r.Epoch, MoneyOf(r.Available), r.Tightest, r.BlockedBy,
        r.LapseAfter, r.Windows, r.PausedBy);

    private static Money? MoneyOf(long? nanos) => nanos is { } n ? new Money(n) : null;
}
