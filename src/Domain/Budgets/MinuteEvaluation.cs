using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Windows;

namespace BudgetEngine.Domain.Budgets;

/// <summary>The limits by the minute that a call meets at one node, weighed once money has granted it.</summary>
/// <param name="counted">What the node still holds; null: nothing was counted yet.</param>
internal struct MinuteEvaluation(Ask ask, CountedCalls? counted, Moment now)
{
    private WindowFigures? _blockedBy;
    private TimeSpan? _wait;
    private bool _overLimit;

    public void Add(LimitedAccount account, LimitSet? limits)
    {
        if (limits is not { Minute.Any: true }) return;
        Add(account, limits, MinuteMeter.Requests, limits.Minute.Requests, 1);
        // Where nothing is announced the call passes while anything is left.
        Add(account, limits, MinuteMeter.Tokens, limits.Minute.Tokens, Math.Max(1, ask.Tokens));
    }

    public readonly Verdict Of(in Verdict granted)
    {
        if (_blockedBy is null) return _overLimit ? granted with { OverLimit = true } : granted;
        return granted with { Kind = VerdictKind.Refused, Reason = DenialReason.RateLimited, Granted = Money.Zero, OverLimit = false, BlockedBy = _blockedBy, LapseAfter = _wait };
    }

    private void Add(LimitedAccount account, LimitSet limits, MinuteMeter meter, int? limit, int count)
    {
        if (limit is not { } most) return;
        // What an earlier attempt of the same reservation has counted is replaced, as its hold is.
        var used = account.Minute is { } counters ? counters.Used(meter, now) - (counted?.CountedIn(counters, ask.Key, meter) ?? 0) : 0;
        if (used + count <= most) return;
        if (limits.Enforcement == Enforcement.Soft)
        {
            _overLimit = true;
            return;
        }

        var wait = count > most ? null : account.Minute?.FitsAfter(meter, count, most, now);
        // The refusal that lasts longest is told; one that waiting does not help lasts for ever.
        if (_blockedBy is not null && (_wait is null || wait <= _wait)) return;
        _blockedBy = new WindowFigures(account, limits, Period.Total, DateOnly.MinValue, new Money(most), Money.Zero, new Money(used)) { Minute = meter };
        _wait = wait;
    }
}
