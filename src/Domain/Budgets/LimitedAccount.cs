using BudgetEngine.Domain.Alerts;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Windows;

namespace BudgetEngine.Domain.Budgets;

/// <summary>What kind of account a limited window belongs to.</summary>
public enum AccountKind : byte
{
    Node,
    User,
    Child,
}

/// <summary>
/// Limits with their balances: the account of a cost center itself, or the side account of a user or a child that the node asks inside its own decision.
/// </summary>
public sealed class LimitedAccount(AccountKind kind, string name)
{
    private Increase[] _increases = [];

    // Made when first needed: most accounts have no limit.
    private ThresholdWatch? _thresholds;
    private DateOnly?[]? _denied;

    public AccountKind Kind { get; } = kind;

    /// <summary>The cost center's path, the user, or the child's path.</summary>
    public string Name { get; } = name;

    public WindowBalances Balances { get; } = new();

    /// <summary>A budget of its own; null: none is set.</summary>
    public LimitSet? Own { get; private set; }

    /// <summary>What was let through in the last minute; null: nothing was counted, since no limit by the minute was set.</summary>
    public MinuteCounters? Minute { get; private set; }

    /// <summary>Of a side account: how many holds refer to it. It stays in memory as long as there are any.</summary>
    public int OpenHolds { get; set; }

    /// <summary>Of a side account: false until it has been read, when it must not decide yet.</summary>
    public bool Loaded { get; set; }

    /// <summary>Of a side account: somebody is reading it, and finds it where he left it.</summary>
    public bool IsBeingRead { get; set; }

    public void SetBudget(LimitSet? own, IReadOnlyList<Increase> increases)
    {
        Own = own;
        _increases = increases.Count == 0 ? [] : [.. increases];
    }

    /// <summary>True when thresholds may have been passed, up or down, since this was last asked.</summary>
    public bool ThresholdsMoved(LimitSet limits, DateOnly date, DateTimeOffset now) => limits.Limits.Any && (_thresholds ??= new ThresholdWatch()).Moved(this, limits, date, now);

    /// <summary>True for the first refusal of a window that this memory knows of.</summary>
    public bool FirstDenial(Period period, DateOnly window)
    {
        ref var denied = ref (_denied ??= new DateOnly?[Window.Periods.Length])[(int)period - 1];
        if (denied == window) return false;
        denied = window;
        return true;
    }

    /// <summary>Counts a call by the minute.</summary>
    /// <returns>Null: no limit by the minute is set.</returns>
    internal MinuteCounters? Count(LimitSet? limits, int tokens, Moment now, ref long second)
    {
        if (limits is not { Minute.Any: true }) return null;
        second = (Minute ??= new MinuteCounters()).Count(tokens, now);
        return Minute;
    }

    /// <summary>The limit with the increases in force; null: not limited.</summary>
    public Money? LimitOf(LimitSet limits, Period period, DateTimeOffset now)
    {
        if (limits.Limits[period] is not { } limit) return null;
        foreach (var increase in _increases)
        {
            if (increase.Period == period && increase.Until > now) limit += increase.Amount;
        }

        return limit;
    }

    /// <summary>The figures of one window; null when it is not limited.</summary>
    public WindowFigures? Figures(LimitSet limits, Period period, DateOnly date, DateTimeOffset now)
    {
        if (LimitOf(limits, period, now) is not { } limit) return null;
        var window = Window.Containing(period, date);
        return new WindowFigures(this, limits, period, window, limit, Balances.Spent(period, window), Balances.Held(period, window));
    }
}

/// <summary>A limited window at an instant: <c>A = L - P - H</c>.</summary>
public readonly record struct WindowFigures(
    LimitedAccount Account, LimitSet Limits, Period Period, DateOnly Window, Money Limit, Money Spent, Money Held)
{
    public const string StatusOk = "ok";
    public const string StatusExceeded = "exceeded";

    /// <summary>Not none: a limit by the minute. Limit and held are then counts; there is no period, and nothing is spent.</summary>
    public MinuteMeter Minute { get; init; }

    /// <summary>How many reservations hold <see cref="Held"/>, as it is now.</summary>
    public int Reservations => Account.Balances.Holds(Period, Window);

    public Money Available => Limit - Spent - Held;

    public Money Remaining => Limit - Spent;

    /// <summary><c>exceeded</c> whenever spent >= limit, else the level of the highest threshold reached, else <c>ok</c>.</summary>
    public string Status
    {
        get
        {
            if (Spent >= Limit) return StatusExceeded;
            var status = StatusOk;
            foreach (var threshold in Limits.Thresholds)
            {
                if (Spent >= threshold.AmountOf(Limit)) status = threshold.Level;
            }

            return status;
        }
    }
}
