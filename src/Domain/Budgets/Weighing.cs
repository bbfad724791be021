namespace BudgetEngine.Domain;

/// <summary>One decision in the making: each limited window is weighed, then the verdict is read off. R1 to R5.</summary>
internal struct Weighing(Ask ask, Hold? existing, DateTimeOffset now)
{
    private readonly Ask _ask = ask;
    private readonly Hold? _existing = existing;
    private WindowFigures? _tightest;
    private WindowFigures? _blockedBy;
    private Money? _grantable;
    private bool _fitsEmpty = true;
    private bool _hardLimited;
    private bool _overLimit;

    public readonly DateOnly Date => _ask.Date;

    public readonly DateTimeOffset Now { get; } = now;

    public void Add(in WindowFigures figures)
    {
        var hard = figures.Limits.Enforcement == Enforcement.Hard;
        _hardLimited |= hard;
        // What this key holds already is replaced by the new amount, so it does not count against it.
        var own = _existing is { } old && Window.Containing(figures.Period, old.Date) == figures.Window ? old.Left : Money.Zero;
        if (_tightest is not { } tightest || figures.Available < tightest.Available) _tightest = figures;
        var available = figures.Available + own;
        if (Fits(available)) return;
        if (!hard)
        {
            _overLimit = true;
            return;
        }

        if (_grantable is not { } grantable || available < grantable) _grantable = available;
        if (!Fits(figures.Remaining)) _fitsEmpty = false;
        if (_blockedBy is not { } blocked || ResetsLater(figures, blocked)) _blockedBy = figures;
    }

    public readonly Verdict Verdict(TimeSpan? nextLapse)
    {
        var granted = _ask.Amount;
        if (_grantable is { } grantable && !_ask.Lower)
        {
            if (_ask.MinAmount is not { } least || !grantable.IsPositive || grantable < least) return Refused(nextLapse);
            granted = grantable;
        }

        return new Verdict(VerdictKind.Granted, DenialReason.None, granted, _overLimit && !_ask.Lower, _tightest is not null, _hardLimited, _tightest, null, null);
    }

    private readonly bool Fits(Money available) => _ask switch
    {
        { Lower: true } or { Free: true } => true,
        { Unestimated: true } => available.IsPositive,
        _ => available >= _ask.Amount,
    };

    private readonly Verdict Refused(TimeSpan? nextLapse) => new(
        VerdictKind.Refused, DenialReason.BudgetExceeded, Money.Zero, false, true, _hardLimited, _tightest, _blockedBy, _fitsEmpty ? nextLapse : null);

    private static bool ResetsLater(in WindowFigures a, in WindowFigures b) =>
        (Window.DateAfter(a.Period, a.Window) ?? DateOnly.MaxValue) > (Window.DateAfter(b.Period, b.Window) ?? DateOnly.MaxValue);
}
