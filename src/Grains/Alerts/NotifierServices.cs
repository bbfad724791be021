using BudgetEngine.Alerts;
using BudgetEngine.Alerts.Delivery;
using BudgetEngine.Alerts.Evaluation;
using BudgetEngine.Ledger.Alerts;
using Microsoft.Extensions.Logging;

namespace BudgetEngine.Grains.Alerts;

/// <summary>What the notifiers of a process share.</summary>
/// <param name="Chance">0 to 1,000, for the jitter of retries.</param>
public sealed record NotifierServices(
    ILedgerDeliveries Deliveries, IChannelReader Channels, IChannelSender Sender, AlertEvaluator Evaluator, AlertOptions Options, TimeProvider Clock, Func<int> Chance, ILogger<NotifierGrain> Log);
