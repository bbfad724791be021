using System.Collections.Immutable;
using BudgetEngine.Domain;

namespace BudgetEngine.Ledger;

/// <summary>The statements of one look in one database; <see cref="AlertLook"/> says which, and does all that is not SQL.</summary>
internal interface ILookTransaction
{
    /// <summary>
    /// Takes looks that are due off the list: changed balances only where the context looks at them, and if it says until when they are kept they stay on the
    /// list, due then.
    /// </summary>
    /// <returns>As they stay.</returns>
    Task<IReadOnlyList<Look>> TakeDueAsync(AlertContext context, int limit, CancellationToken cancellationToken);

    /// <summary>Takes looks that were kept off the list, unless they have become due at another instant meanwhile.</summary>
    Task ForgetAsync(IReadOnlyList<Look> kept, CancellationToken cancellationToken);

    /// <summary>Puts looks on the list; one that is there already stays, due at the earlier instant.</summary>
    Task ScheduleAsync(IReadOnlyCollection<Look> looks, CancellationToken cancellationToken);

    /// <summary>Puts the tracked users of a cost center with a balance in this month, and its children if asked, on the list.</summary>
    Task ExpandAsync(string costCenter, bool children, DateOnly today, CancellationToken cancellationToken);

    /// <summary>
    /// Locks the marks of these accounts, then reads all that their thresholds depend on: what somebody else has decided is seen with the balances that they
    /// decided on, or later ones.
    /// </summary>
    /// <param name="accounts">Sorted.</param>
    Task<LookFacts> ReadAsync(IReadOnlyList<AccountKey> accounts, DateOnly fromDay, CancellationToken cancellationToken);

    /// <summary>Marks thresholds as fired in their generation.</summary>
    /// <returns>Those that were not.</returns>
    Task<IReadOnlySet<MarkKey>> FireAsync(IReadOnlyList<(MarkKey Key, int Generation)> marks, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Arms them again with the next generation.</summary>
    Task RearmAsync(IReadOnlyList<MarkKey> marks, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Which of these alerts there are.</summary>
    Task<IReadOnlySet<string>> ExistingAsync(IReadOnlyCollection<string> ids, CancellationToken cancellationToken);

    /// <summary>What cost centers spent in the months of these dates.</summary>
    Task<IReadOnlyDictionary<string, SpendFacts>> ReadSpendAsync(IReadOnlyCollection<(string CostCenter, DateOnly Date)> months, CancellationToken cancellationToken);

    Task<IReadOnlyList<Channel>> ReadChannelsAsync(CancellationToken cancellationToken);

    /// <summary>Inserts alerts whose id is new.</summary>
    /// <returns>Those ids.</returns>
    Task<IReadOnlySet<string>> InsertAsync(IReadOnlyList<Alert> alerts, CancellationToken cancellationToken);

    Task DeliverAsync(IReadOnlyList<(string AlertId, string Channel, bool Resolves)> deliveries, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>
    /// Tells these channels that what was told of a window is over: what is still pending there is dropped, and the last one told is resolved. All that is
    /// told of one window is one incident there: <see cref="BeginsIncident"/>.
    /// </summary>
    /// <returns>Channels that have something new to tell.</returns>
    Task<IReadOnlyList<string>> ResolveAsync(WindowKey window, IReadOnlyCollection<string> channels, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Whether alerts of this type are about a limited window, for as long as it lasts or the limit stands.</summary>
    static bool BeginsIncident(AlertType type) => type is AlertType.ThresholdReached or AlertType.Denied or AlertType.Forecast;

    /// <summary>Whether a pause still stands as it was made.</summary>
    Task<bool> StandsAsync(string costCenter, PauseEvent pause, CancellationToken cancellationToken);
}

/// <param name="User">Empty: the cost center itself.</param>
internal readonly record struct AccountKey(string CostCenter, string User) : IComparable<AccountKey>
{
    public int CompareTo(AccountKey other) =>
        string.CompareOrdinal(CostCenter, other.CostCenter) is not 0 and var order ? order : string.CompareOrdinal(User, other.User);
}

internal readonly record struct WindowKey(AccountKey Account, Period Period, DateOnly Window);

internal readonly record struct MarkKey(AccountKey Account, Period Period, DateOnly Window, decimal At)
{
    public WindowKey In => new(Account, Period, Window);

    /// <summary>The threshold as it is stored.</summary>
    public long StoredAt => (long)(At * Money.NanosPerUnit);

    public static decimal AtOf(long stored) => (decimal)stored / Money.NanosPerUnit;
}

/// <summary>What accounts' thresholds depend on. Budgets and increases of parents are among them, for <c>per_child</c>.</summary>
internal sealed record LookFacts(
    IReadOnlyDictionary<AccountKey, Budget> Budgets, ILookup<AccountKey, Increase> Increases, ILookup<AccountKey, (Period Period, DatedBalance Dated)> Balances,
    ILookup<AccountKey, ThresholdMark> Marks)
{
    /// <summary>What limits an account: its own budget; else, of a user, the cost center's default, and of a cost center its parent's for children.</summary>
    public LimitSet? LimitsOf(AccountKey account)
    {
        if (Budgets.TryGetValue(account, out var own)) return own.Own;
        if (account.User.Length > 0) return Budgets.GetValueOrDefault(account with { User = "" })?.PerUser;
        return CostCenterId.ParentOf(account.CostCenter) is { } parent ? Budgets.GetValueOrDefault(new AccountKey(parent, ""))?.PerChild : null;
    }
}

/// <summary>What a pause was, in the words of the API, as the detail of a look.</summary>
/// <param name="Expires">The pause ends by itself: at <paramref name="Until"/>, unless it is replaced; null: it has, and was taken away after that.</param>
public sealed record PauseEvent(string? User, string? Model, DateTimeOffset? Until, string? Reason, string By, DateTimeOffset At, bool Expires = false);
