using BudgetEngine.Domain.Alerts;
using BudgetEngine.Ledger.Nodes;

namespace BudgetEngine.Ledger.Alerts;

/// <summary>The statements that an evaluation of alerts may make in its transaction. Which it makes, and all that is not a statement, the evaluation decides.</summary>
public interface IEvaluationTransaction : ICostCenterNames
{
    /// <summary>Takes evaluations that are due off the list.</summary>
    /// <param name="balances">False: all but changed balances.</param>
    /// <param name="keptUntil">Changed balances stay on the list, due at this instant; null: they are taken off like all others.</param>
    /// <returns>As they stay.</returns>
    Task<IReadOnlyList<AlertEvaluation>> TakeDueAsync(DateTimeOffset now, int limit, bool balances, DateTimeOffset? keptUntil, CancellationToken cancellationToken);

    /// <summary>Takes evaluations that were kept off the list, unless they have become due at another instant meanwhile.</summary>
    Task ForgetAsync(IReadOnlyList<AlertEvaluation> kept, CancellationToken cancellationToken);

    /// <summary>Puts evaluations on the list; one that is there already stays, due at the earlier instant.</summary>
    Task ScheduleAsync(IReadOnlyCollection<AlertEvaluation> evaluations, CancellationToken cancellationToken);

    /// <summary>Puts the tracked users of a cost center with a balance in this month, and its children if asked, on the list.</summary>
    Task ExpandAsync(string costCenter, bool children, DateOnly today, CancellationToken cancellationToken);

    /// <summary>
    /// Locks the marks of these accounts, then reads all that their thresholds depend on: what somebody else has decided is seen with the balances that they
    /// decided on, or later ones.
    /// </summary>
    /// <param name="accounts">Sorted.</param>
    Task<EvaluationFacts> ReadAsync(IReadOnlyList<AccountKey> accounts, DateOnly fromDay, CancellationToken cancellationToken);

    /// <summary>Marks thresholds as fired in their generation.</summary>
    /// <returns>Those that were not.</returns>
    Task<IReadOnlySet<MarkKey>> FireAsync(IReadOnlyList<(MarkKey Key, int Generation)> marks, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Arms them again with the next generation.</summary>
    Task RearmAsync(IReadOnlyList<MarkKey> marks, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Which of these alerts there are.</summary>
    Task<IReadOnlySet<string>> ExistingAsync(IReadOnlyCollection<string> ids, CancellationToken cancellationToken);

    /// <summary>An alert as it is stored; null: there is none.</summary>
    Task<Alert?> FindAlertAsync(string id, CancellationToken cancellationToken);

    /// <summary>Replaces the content of a stored alert.</summary>
    Task UpdateAlertAsync(Alert alert, CancellationToken cancellationToken);

    /// <summary>What cost centers spent in the months of these dates.</summary>
    Task<IReadOnlyDictionary<string, SpendFacts>> ReadSpendAsync(IReadOnlyCollection<(string CostCenter, DateOnly Date)> months, CancellationToken cancellationToken);

    Task<IReadOnlyList<Channel>> ReadChannelsAsync(CancellationToken cancellationToken);

    /// <summary>Switches a channel off and drops its pending deliveries, if it still sends where <paramref name="channel"/> does.</summary>
    /// <returns>False when it is off already, gone, or sends elsewhere since.</returns>
    Task<bool> DisableChannelAsync(Channel channel, string reason, DateTimeOffset now, CancellationToken cancellationToken);

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
