using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using BudgetEngine.Domain;

namespace BudgetEngine.Ledger;

/// <summary>Why somebody is to look at a cost center. Values are stored: never renumbered.</summary>
public enum LookKind : byte
{
    Unknown = 0,

    /// <summary>A balance of the date has changed.</summary>
    Balance = 1,

    /// <summary>Budget, increases or pauses were changed, or an increase ends: the cost center, its users and its children.</summary>
    Limits = 2,

    /// <summary>A window ends in which something was told. Detail: the period's number.</summary>
    WindowEnd = 3,

    /// <summary>Detail: a <see cref="PauseEvent"/>.</summary>
    Paused = 4,

    /// <summary>Detail: a <see cref="PauseEvent"/>.</summary>
    Resumed = 5,

    /// <summary>Detail: the model.</summary>
    Unpriced = 6,

    /// <summary>A limit refused a check. Date: the window. Detail: the period's number.</summary>
    Denied = 7,

    /// <summary>Detail: the request id.</summary>
    Conflict = 8,

    /// <summary>A reservation lapsed.</summary>
    Unsettled = 9,
}

/// <summary>One cost center, or one user of it, at which alerts may be missing.</summary>
/// <param name="User">Null: the cost center itself.</param>
/// <param name="Date">A local date of the tenant.</param>
/// <param name="Detail">Empty, or as the kind says.</param>
/// <param name="DueAt">Not before this instant.</param>
public sealed record Look(LookKind Kind, string CostCenter, string? User, DateOnly Date, string Detail, AlertCause Cause, DateTimeOffset DueAt)
{
    /// <summary>What a period is in <see cref="Detail"/>.</summary>
    public static string DetailOf(Period period) => ((char)('0' + (int)period)).ToString();

    public static Period PeriodOf(string detail) => (Period)(detail[0] - '0');

    /// <summary>What tells this detail from others: a long one by its hash, since what is in an index has to be short.</summary>
    internal string DetailKey =>
        Detail.Length <= MaxDetailKey ? Detail : "#" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Detail)));

    /// <summary>The longest name of a model, the longest id of a request.</summary>
    private const int MaxDetailKey = PriceBook.MaxNameLength;

    public static Look Of(LookKind kind, string costCenter, string? user, DateOnly date, string detail = "", AlertCause cause = AlertCause.Usage) =>
        new(kind, costCenter, user, date, detail, cause, DateTimeOffset.UnixEpoch);
}

/// <summary>What whoever looks knows besides the ledger.</summary>
/// <param name="SpikeFloor">A day's spend up to here is never a spike.</param>
/// <param name="Currency">Of the installation, for sentences.</param>
public sealed record AlertContext(DateTimeOffset Now, PolicyBook Policies, PriceBook Prices, Money SpikeFloor, string Currency)
{
    /// <summary>False: the sweep leaves changed balances, which are many, to a later round.</summary>
    public bool LooksAtBalances { get; init; } = true;

    /// <summary>Until when the sweep's changed balances stay on the list, unless their nodes are told before; null: they need not be told.</summary>
    public DateTimeOffset? KeptUntil { get; init; }

    public TenantCalendar CalendarOf(string path) => Policies.TenantOf(path)?.Calendar ?? TenantCalendar.Utc;

    /// <summary>Recommendations from the numbers of a cost center, and of the limited window that they are about.</summary>
    public ImmutableArray<Recommendation> Advise(SpendFacts facts, (Money Spent, Money Limit, DateTimeOffset? EndsAt)? window) =>
        Advice.Of(facts, Prices, window, Now, Format);

    /// <summary>An amount in a sentence: with cents, or exact where it is less.</summary>
    public string Format(Money amount) => $"{(amount.Nanos is 0 or >= Money.NanosPerUnit / 100 ? decimal.Round(amount.ToDecimal(), 2).ToString("0.00", System.Globalization.CultureInfo.InvariantCulture) : amount.ToString())} {Currency}";
}

/// <param name="Channels">That have something new to tell.</param>
/// <param name="Looked">How many looks were taken off the ledger's list; of the sweep.</param>
/// <param name="Untold">What was read of changed balances, for nodes that may have missed a tell; of a sweep that keeps them on the list.</param>
/// <param name="Alerts">What was stored.</param>
public sealed record LookResult(IReadOnlyList<string> Channels, int Looked, IReadOnlyList<UntoldBalances> Untold, IReadOnlyList<Alert> Alerts)
{
    public static readonly LookResult Nothing = new([], 0, [], []);
}

/// <param name="Look">As it stays on the list.</param>
/// <param name="Nodes">The cost center, and its parent where that limits children.</param>
public sealed record UntoldBalances(Look Look, IReadOnlyList<string> Nodes, DateBalances Balances);
