using BudgetEngine.Domain.Alerts;

namespace BudgetEngine.Alerts.Text;

/// <summary>How bad it is, as colours and as PagerDuty's severities.</summary>
internal enum Severity
{
    Good,
    Notice,
    Warning,
    Error,
    Critical,
}

internal static class Severities
{
    public static Severity Of(Alert alert) => alert.Type switch
    {
        AlertType.ThresholdReached => OfThreshold(alert.Level, alert.Threshold ?? 0),
        AlertType.WindowReset or AlertType.Resumed => Severity.Good,
        AlertType.ChannelTest or AlertType.SpendSummary => Severity.Notice,
        _ => Severity.Warning,
    };

    private static Severity OfThreshold(string? level, decimal threshold) => level switch
    {
        "emergency" or "exceeded" => Severity.Critical,
        "critical" => Severity.Error,
        "warning" => Severity.Warning,
        _ => threshold >= 1 ? Severity.Critical : threshold >= 0.9m ? Severity.Error : Severity.Warning,
    };
}
