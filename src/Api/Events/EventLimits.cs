namespace BudgetEngine.Api.Events;

/// <summary>What live events may cost, and how soon they are told.</summary>
internal static class EventLimits
{
    /// <summary>Events that wait for one listener; a slower one is cut off.</summary>
    public const int MaxQueued = 1_000;

    /// <summary>Events of one kind of memory for those who come back; the oldest go first.</summary>
    public const int MaxRemembered = 10_000;

    public const int MaxRememberedBytes = 16 * 1024 * 1024;

    /// <summary>Alerts read from the ledger for a listener that comes back from another process.</summary>
    public const int MaxReplayed = 1_000;

    /// <summary>Samples per second of a process, and of one tenant: denials have a share of their own.</summary>
    public const int MaxSamples = 200;
    public const int MaxAllowsPerTenant = 10;
    public const int MaxDenialsPerTenant = 20;

    /// <summary>Cost centers whose change waits to be told; those beyond it are told with their next change.</summary>
    public const int MaxChanged = 10_000;

    /// <summary>Cost centers looked at in one round.</summary>
    public const int MaxLookedAt = 500;

    /// <summary>Open breakers that are watched until they close.</summary>
    public const int MaxOpen = 1_000;

    /// <summary>Alerts read at once; and the most that one look at the ledger reads.</summary>
    public const int AlertPage = 100;
    public const int MaxAlertsPerLook = 10_000;

    /// <summary>Also how long events are still gathered when the last listener has left.</summary>
    public static readonly TimeSpan ResumeFor = TimeSpan.FromMinutes(5);

    /// <summary>An alert becomes visible this much after the instant that it names, at most: the time of a transaction, and what clocks differ by.</summary>
    public static readonly TimeSpan LateAlert = TimeSpan.FromMinutes(2);

    /// <summary>How often new alerts are read; and how often all of the last <see cref="LateAlert"/>, for one that came late between others.</summary>
    public static readonly TimeSpan AlertInterval = TimeSpan.FromMilliseconds(500);
    public static readonly TimeSpan LateAlertInterval = TimeSpan.FromSeconds(5);

    /// <summary>Between two rounds in which changed cost centers are told: none is told more often.</summary>
    public static readonly TimeSpan SpendInterval = TimeSpan.FromSeconds(1);

    /// <summary>How often open breakers are looked at again: another process may have closed them.</summary>
    public static readonly TimeSpan OpenInterval = TimeSpan.FromSeconds(5);

    public static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    /// <summary>How often a stream looks whether its key still counts; with the catalog's interval it ends within 1 s.</summary>
    public static readonly TimeSpan Watch = TimeSpan.FromMilliseconds(250);

    /// <summary>A listener that takes nothing for so long is cut off.</summary>
    public static readonly TimeSpan WriteWithin = TimeSpan.FromSeconds(10);
}
