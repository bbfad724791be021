namespace BudgetEngine.Grains.Alerts;

/// <summary>A notifier's own: how its channel is doing, and what people were told last. Not money, and no delivery: those are in the ledger.</summary>
[GenerateSerializer, Alias("budget.NotifierState")]
public sealed class NotifierState
{
    [Id(0)]
    public DateTimeOffset? LastSentAt { get; set; }

    /// <summary>Messages that failed since the last that arrived.</summary>
    [Id(1)]
    public int FailuresInARow { get; set; }

    [Id(2)]
    public DateTimeOffset? FailingSince { get; set; }

    [Id(3)]
    public string? LastError { get; set; }

    /// <summary>Nothing is sent before.</summary>
    [Id(4)]
    public DateTimeOffset? PausedUntil { get; set; }

    [Id(5)]
    public long Sent { get; set; }

    /// <summary>By cost center; only what is young enough to matter.</summary>
    [Id(6)]
    public Dictionary<string, SentState> Told { get; set; } = [];

    /// <summary>The others were told that the channel is dead.</summary>
    [Id(7)]
    public bool DeadReported { get; set; }
}

/// <summary>What was last told of one cost center.</summary>
[GenerateSerializer, Alias("budget.ToldState")]
public sealed class SentState
{
    [Id(0)]
    public DateTimeOffset At { get; set; }

    [Id(1)]
    public decimal Height { get; set; }
}
