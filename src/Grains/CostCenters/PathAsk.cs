using BudgetEngine.Domain;
using BudgetEngine.Grains.Interfaces.Budgets;

namespace BudgetEngine.Grains;

/// <summary>An ask with what goes with it along the path.</summary>
/// <param name="AnswerWithin">Time for the whole path.</param>
internal sealed record PathAsk(Ask Ask, bool DryRun, bool Explain, int VisibleDepth, TimeSpan AnswerWithin)
{
    /// <summary>The owner's instant, which every node uses.</summary>
    public Moment AskedAt { get; init; }

    /// <summary>The ask as an ancestor gets it, for what the nodes below it have granted.</summary>
    public HoldRequest ToRequest(Money amount, bool dryRun) => new(
        Ask.Owner, Ask.Key, Ask.Attempt.Value, Ask.Revision.Value, Ask.User, Ask.Model, amount.Nanos, Ask.MinAmount?.Nanos, Ask.Free, Ask.Unestimated, Ask.Lower,
        Ask.Date, Ask.ExpiresAt - Ask.Lifetime, Ask.ExpiresAt, dryRun, Explain, VisibleDepth, Ask.RequestId, Ask.Today,
        EndsEarlier: dryRun && !DryRun);

    public static Ask FromRequest(HoldRequest r) => new(
        r.Key, r.Owner, new Stamp(r.Attempt), new Stamp(r.Revision), r.User, r.Model, r.RequestId, new Money(r.Amount), r.MinAmount is { } least ? new Money(least) : null,
        r.Free, r.Unestimated, r.Lower, r.Date, r.Deadline, r.Deadline - r.Now, r.Today);
}
