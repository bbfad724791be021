using BudgetEngine.Domain.Budgets;

namespace BudgetEngine.Domain.Tests.Budgets.Model;

/// <summary>Where the two accounts must agree.</summary>
internal static class ModelComparison
{
    public static void Same<T>(string what, T expected, T actual)
    {
        if (!EqualityComparer<T>.Default.Equals(expected, actual)) throw new ModelMismatchException($"{what}: expected {expected}, was {actual}");
    }

    public static void Verdicts(in Verdict verdict, NaiveVerdict expected, List<NaiveWindow> windows)
    {
        Same("kind", expected.Kind, verdict.Kind);
        Same("reason", expected.Reason, verdict.Reason);
        Same("granted", expected.Granted, verdict.Granted.Nanos);
        Same("over_limit", expected.OverLimit, verdict.OverLimit);
        Same("lapse after", expected.LapseAfter, verdict.LapseAfter?.Ticks);
        Same("available of the tightest window", expected.Tightest, verdict.Available?.Nanos);
        if (verdict.Kind == VerdictKind.Stale || verdict.Reason == DenialReason.Paused) return;
        Same("limited", windows.Count > 0, verdict.Limited);
        Same("limited hard", windows.Any(w => w.Limits.Enforcement == Enforcement.Hard), verdict.HardLimited);
        if (verdict.Tightest is { } tightest) Figures("tightest", tightest, windows);
        Same("blocked", expected.BlockedBy.Length > 0, verdict.BlockedBy is not null);
        if (verdict.BlockedBy is { } blocked) Figures("blocked by", blocked, expected.BlockedBy);
    }

    /// <summary>These figures are those of one of the windows.</summary>
    private static void Figures(string what, in WindowFigures figures, IEnumerable<NaiveWindow> windows)
    {
        var (kind, name, period) = (figures.Account.Kind, figures.Account.Name, figures.Period);
        var found = windows.Where(w => w.Period == period && w.Scope == new NaiveScope(kind, name)).ToList();
        if (found.Count != 1) throw new ModelMismatchException($"{what}: {kind} {name} {period} is not one of {string.Join("; ", windows)}");
        Same($"{what}: window", found[0].First, figures.Window);
        Same($"{what}: limit", found[0].Limit, figures.Limit.Nanos);
        Same($"{what}: spent", found[0].Spent, figures.Spent.Nanos);
        Same($"{what}: held", found[0].Held, figures.Held.Nanos);
        Same($"{what}: status", found[0].Status, figures.Status);
    }

    public static void Holds(Account account, NaiveAccount naive, Moment now)
    {
        var (count, next, sum) = (0, long.MaxValue, 0L);
        foreach (var expected in naive.OpenAt(now.MonotonicTicks))
        {
            count++;
            sum += expected.Left;
            next = Math.Min(next, expected.Deadline);
            if (account.Find(expected.Key) is not { } hold) throw new ModelMismatchException($"the hold {expected.Key} is missing");
            if (hold.Attempt.Value != expected.Attempt || hold.Revision.Value != expected.Revision || hold.Left.Nanos != expected.Left || hold.Deadline != expected.Deadline)
            {
                throw new ModelMismatchException($"the hold {expected.Key} is another one");
            }
        }

        Same("number of holds", count, account.Holds.Count);
        Same("next deadline", count == 0 ? null : next, account.NextDeadline);
        Same("H = sum of holds", sum, account.Node.Balances.HeldTotal.Nanos);
    }
}
