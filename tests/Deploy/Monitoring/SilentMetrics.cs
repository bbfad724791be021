namespace BudgetEngine.Deploy.Monitoring;

/// <summary>Metrics of panels that have no series on one healthy silo, and why.</summary>
internal static class SilentMetrics
{
    private const string Healthy = "nothing fails here";
    private const string Alone = "one silo sends nothing to another";

    public static readonly IReadOnlyDictionary<string, string> Reasons = new Dictionary<string, string>
    {
        ["budget_ledger_commit_failures_total"] = Healthy,
        ["orleans_app_requests_timedout_total"] = Healthy,
        ["orleans_scheduler_long_running_turns_total"] = Healthy,
        ["orleans_catalog_activation_destroyed_total"] = "no grain is idle for long enough",
        ["orleans_messaging_expired_total"] = Alone,
        ["orleans_messaging_rejected_total"] = Alone,
        ["orleans_messaging_sent_failed_total"] = Alone,
        ["orleans_messaging_sent_dropped_total"] = Alone,
        ["orleans_messaging_pings_reply_missed_total"] = Alone,
    };

    public static bool Excuse(string expression) => PromQl.MetricsOf(expression).Any(Reasons.ContainsKey);
}
