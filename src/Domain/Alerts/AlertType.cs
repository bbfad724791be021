using BudgetEngine.Domain.Wording;

namespace BudgetEngine.Domain.Alerts;

/// <summary>What an alert is about. Values are stored: never renumbered.</summary>
public enum AlertType : byte
{
    Unknown = 0,

    /// <summary>Spend has reached a threshold of a limit.</summary>
    ThresholdReached = 1,

    /// <summary>The first check of a window that a limit refused.</summary>
    Denied = 2,

    /// <summary>A window that had refused checks has ended.</summary>
    WindowReset = 3,
    Paused = 4,
    Resumed = 5,

    /// <summary>Today is far above the whole of yesterday.</summary>
    Spike = 6,

    /// <summary>At this pace the limit is reached before the window ends.</summary>
    Forecast = 7,

    /// <summary>Usage was recorded for which there was no price.</summary>
    Unpriced = 8,

    /// <summary>A request id came again with other content.</summary>
    Conflict = 9,

    /// <summary>A reservation lapsed without having been settled or released.</summary>
    Unsettled = 10,

    /// <summary>A channel does not take alerts any more.</summary>
    ChannelDead = 11,

    /// <summary>Made by hand, to try a channel.</summary>
    ChannelTest = 12,

    /// <summary>Usage has brought a new cost center into being.</summary>
    CostCenterCreated = 13,

    /// <summary>What an ended day, week or month came to: sent by a schedule.</summary>
    SpendSummary = 14,
}

/// <summary>The words of the API for <see cref="AlertType"/>.</summary>
public static class AlertTypes
{
    public static readonly WordTable<AlertType> Table = new(
        (AlertType.ThresholdReached, "budget.threshold.reached"), (AlertType.Denied, "budget.denied"), (AlertType.WindowReset, "budget.window.reset"),
        (AlertType.Paused, "budget.paused"), (AlertType.Resumed, "budget.resumed"), (AlertType.Spike, "budget.spike"), (AlertType.Forecast, "budget.forecast"),
        (AlertType.Unpriced, "usage.unpriced"), (AlertType.Conflict, "usage.conflict"), (AlertType.Unsettled, "reservation.unsettled"),
        (AlertType.ChannelDead, "channel.dead"), (AlertType.ChannelTest, "channel.test"),
        (AlertType.CostCenterCreated, "cost_center.created"), (AlertType.SpendSummary, "spend.summary"))
    {
        Otherwise = "",
    };

    public static IReadOnlyList<AlertType> All { get; } = [.. Enum.GetValues<AlertType>().Where(t => t != AlertType.Unknown)];

    public static string WordOf(AlertType type) => Table.Of(type);

    /// <summary><see cref="AlertType.Unknown"/> for a word that is none.</summary>
    public static AlertType Parse(string word) => Table.Parse(word) ?? AlertType.Unknown;
}

/// <summary>Why a threshold was reached just now. Values are stored: never renumbered.</summary>
public enum AlertCause : byte
{
    Usage = 0,

    /// <summary>A correction brought spend up.</summary>
    Correction = 1,

    /// <summary>The limit, an increase or a threshold was changed, or an increase has ended.</summary>
    LimitChange = 2,

    /// <summary>The window had ended already when it was found: stored, sent to no channel.</summary>
    Late = 3,
}
