using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Windows;

namespace BudgetEngine.Domain.Budgets;

/// <summary>One decision in the making: each limited window is weighed, then the verdict is read off. R1 to R5.</summary>
internal struct LimitEvaluation(Ask ask, Hold? existing, DateTimeOffset now)
{
    private readonly Ask _ask = ask;
    private readonly Hold? _existing = existing;
    private WindowFigures? _tightest;
    private WindowFigures? _blockedBy;
    private Money? _grantable;
    private bool _fitsEmpty = true;
    private bool _hardLimited;
    private Money? _softAvailable;
    private WindowFigures? _ended;

    public readonly DateOnly Date => _ask.Date;

    public readonly DateTimeOffset Now { get; } = now;

    public void Add(in WindowFigures figures)
    {
        var hard = figures.Limits.Enforcement == Enforcement.Hard;
        _hardLimited |= hard;
        if (_tightest is not { } tightest || figures.Available < tightest.Available) _tightest = figures;
        if (!_ask.Lower && _ask.Today is { } today && Window.Containing(figures.Period, today) != figures.Window) _ended = figures;
        var available = figures.Available + OwnIn(figures);
        if (Fits(available)) return;
        if (!hard)
        {
            if (_softAvailable is not { } least || available < least) _softAvailable = available;
            return;
        }

        if (_grantable is not { } grantable || available < grantable) _grantable = available;
        // A window that would grant a part does not refuse.
        if (FitsInPart(available)) return;
        if (!Fits(figures.Remaining) && !FitsInPart(figures.Remaining)) _fitsEmpty = false;
        if (_blockedBy is not { } blocked || ResetsLater(figures, blocked)) _blockedBy = figures;
    }

    public readonly Verdict Verdict(TimeSpan? nextLapse)
    {
        if (_ended is not null) return Refused(DenialReason.WindowEnded, _ended, null);
        if (_blockedBy is not null) return Refused(DenialReason.BudgetExceeded, _blockedBy, _fitsEmpty ? nextLapse : null);
        var overLimit = _softAvailable is { } soft && (_grantable is not { } part || soft < part);
        return Granted(_grantable ?? _ask.Amount, overLimit);
    }

    /// <summary>The answer that the existing hold was given, with the figures of now.</summary>
    public readonly Verdict Repeat() => Granted(_existing!.Left, _existing.OverLimit);

    private readonly Verdict Granted(Money amount, bool overLimit) =>
        new(VerdictKind.Granted, DenialReason.None, amount, overLimit, _tightest is not null, _hardLimited, _tightest, null, null);

    /// <summary>What this key holds already is replaced by the new amount, so it does not count against it where it is counted: not in another user's account.</summary>
    private readonly Money OwnIn(in WindowFigures figures)
    {
        if (_existing is not { } old || Window.Containing(figures.Period, old.Date) != figures.Window) return Money.Zero;
        return figures.Account.Kind == AccountKind.Node || figures.Account == old.UserAccount || figures.Account == old.ChildAccount ? old.Left : Money.Zero;
    }

    private readonly bool Fits(Money available) => _ask switch
    {
        { Lower: true } or { Free: true } => true,
        { Unestimated: true } => available.IsPositive,
        _ => available >= _ask.Amount,
    };

    /// <summary>R2.</summary>
    private readonly bool FitsInPart(Money available) => _ask.MinAmount is { } least && available.IsPositive && available >= least;

    private readonly Verdict Refused(DenialReason reason, WindowFigures? blockedBy, TimeSpan? lapseAfter) =>
        new(VerdictKind.Refused, reason, Money.Zero, false, true, _hardLimited, _tightest, blockedBy, lapseAfter);

    private static bool ResetsLater(in WindowFigures a, in WindowFigures b) =>
        (Window.DateAfter(a.Period, a.Window) ?? DateOnly.MaxValue) > (Window.DateAfter(b.Period, b.Window) ?? DateOnly.MaxValue);
}
