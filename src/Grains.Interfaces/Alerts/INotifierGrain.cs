namespace BudgetEngine.Grains.Interfaces.Alerts;

/// <summary>
/// Tells one channel what the ledger has stored for it; the key is the channel's name. It is rung through the stream <c>alerts</c> whose key is
/// that name.
/// </summary>
[Alias("budget.INotifierGrain")]
public interface INotifierGrain : IGrainWithStringKey
{
    /// <summary>How the channel is doing.</summary>
    [Alias("View")]
    Task<NotifierView> View(NotifierViewRequest request);
}

/// <summary>Asks how a channel is doing.</summary>
[GenerateSerializer, Immutable, Alias("budget.NotifierViewRequest")]
public sealed record NotifierViewRequest(
    [property: Id(0)] string Channel);

/// <summary>There is something to tell.</summary>
[GenerateSerializer, Immutable, Alias("budget.AlertRing")]
public sealed record AlertRing(
    [property: Id(0)] string Channel);

/// <summary>A channel as its notifier sees it.</summary>
/// <param name="FailuresInARow">Messages that failed since the last that arrived.</param>
/// <param name="PausedUntil">Nothing is sent before: the other side asked for it, or it has been failing.</param>
[GenerateSerializer, Immutable, Alias("budget.NotifierView")]
public sealed record NotifierView(
    [property: Id(0)] DateTimeOffset? LastSentAt,
    [property: Id(1)] int FailuresInARow,
    [property: Id(2)] DateTimeOffset? FailingSince,
    [property: Id(3)] string? LastError,
    [property: Id(4)] DateTimeOffset? PausedUntil,
    [property: Id(5)] long Sent);
