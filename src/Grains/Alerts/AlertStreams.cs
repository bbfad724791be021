namespace BudgetEngine.Grains.Alerts;

/// <summary>Names of the streams of alerts.</summary>
public static class AlertStreams
{
    /// <summary>The provider, of memory streams: an event only says that there is something to do.</summary>
    public const string Provider = "alerts";

    public const string Namespace = "alerts";

    /// <summary>The storage of the notifiers' own state.</summary>
    public const string StateStorage = "notifiers";
}
