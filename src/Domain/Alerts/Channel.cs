using System.Collections.Immutable;
using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Domain.Wording;

namespace BudgetEngine.Domain.Alerts;

/// <summary>How a channel tells. Values are stored: never renumbered.</summary>
public enum ChannelType : byte
{
    Unknown = 0,
    Webhook = 1,
    Slack = 2,
    Discord = 3,
    Telegram = 4,
    Email = 5,
    PagerDuty = 6,
    Teams = 7,
}

/// <summary>The words of the API for <see cref="ChannelType"/>.</summary>
public static class ChannelTypes
{
    public static readonly WordTable<ChannelType> Table = new(
        (ChannelType.Webhook, "webhook"), (ChannelType.Slack, "slack"), (ChannelType.Discord, "discord"), (ChannelType.Telegram, "telegram"),
        (ChannelType.Email, "email"), (ChannelType.PagerDuty, "pagerduty"), (ChannelType.Teams, "teams"))
    {
        Otherwise = "",
    };

    public static IReadOnlyList<ChannelType> All { get; } = [.. Enum.GetValues<ChannelType>().Where(t => t != ChannelType.Unknown)];

    public static string WordOf(ChannelType type) => Table.Of(type);

    /// <summary><see cref="ChannelType.Unknown"/> for a word that is none.</summary>
    public static ChannelType Parse(string word) => Table.Parse(word) ?? ChannelType.Unknown;

    /// <summary>Read by people, who are told several thresholds in one message; programs get every alert alone.</summary>
    public static bool CollectsForPeople(ChannelType type) => type is not (ChannelType.Webhook or ChannelType.PagerDuty);
}

/// <summary>Where alerts of a subtree go.</summary>
/// <param name="Under">The subtree; null: the whole installation.</param>
/// <param name="Levels">Levels of threshold alerts to send; empty: all.</param>
/// <param name="Types">Types to send; empty: all, of new cost centers those that may be a mistake.</param>
/// <param name="Disabled">Why nothing is sent any more, and since when; null: in use.</param>
public sealed record Channel(
    string Name, string? Under, ChannelType Type, ImmutableArray<string> Levels, ImmutableArray<AlertType> Types, ChannelTarget Target, ChannelDisabled? Disabled)
{
    /// <summary>Of an installation: every alert is matched with every channel.</summary>
    public const int MaxChannels = 1_000;

    public static readonly SubtreeShares DefaultShares = new(MaxChannels, 200);

    /// <summary>Whether both send to the same place. What one place has answered says nothing of another.</summary>
    public bool SendsLike(Channel other) => Type == other.Type && Target == other.Target;

    /// <summary>Whether all it may tell of lies in this subtree; null: the whole installation.</summary>
    public bool IsWithin(string? subtree) => subtree is null || (Under is { } under && CostCenterId.IsWithin(under, subtree));

    /// <summary>Whether an alert is told here as the end of an incident that another one began.</summary>
    public bool ClosesIncident(Alert alert) => Type == ChannelType.PagerDuty && alert.Type is (AlertType.WindowReset or AlertType.Resumed);

    /// <summary>New cost centers are everyday where each customer has one: only what may be a mistake, or is a tenant, is told to those who did not ask for it.</summary>
    private static bool TellsEverybody(Alert alert) => alert is not { Type: AlertType.CostCenterCreated, Detail: null } || CostCenterId.ParentOf(alert.CostCenter) is null;

    /// <summary>Whether an alert goes to this channel. A summary goes where its schedule says.</summary>
    public bool Takes(Alert alert)
    {
        if (Disabled is not null || alert.Cause == AlertCause.Late) return false;
        if (alert.Type == AlertType.SpendSummary) return false;
        if (Under is { } under && !CostCenterId.IsWithin(alert.CostCenter, under)) return false;
        if (!Types.IsDefaultOrEmpty && !Types.Contains(alert.Type)) return false;
        if (Types.IsDefaultOrEmpty && !TellsEverybody(alert)) return false;
        return alert.Level is not { } level || Levels.IsDefaultOrEmpty || Levels.Contains(level);
    }
}

/// <summary>A channel that was switched off by what happened: its endpoint is gone (410).</summary>
public sealed record ChannelDisabled(string Reason, DateTimeOffset At);

/// <summary>
/// Where a channel sends, and with which secret. Addresses of chat systems are secrets too. Values are literal, or <c>env:NAME</c> or <c>file:name</c>. Never
/// printed: <see cref="ToString"/> says nothing.
/// </summary>
public sealed record ChannelTarget
{
    /// <summary>Webhook, Slack, Discord, Teams.</summary>
    public string? Url { get; init; }

    /// <summary>Webhook: signs.</summary>
    public string? Secret { get; init; }

    /// <summary>Telegram: of the bot.</summary>
    public string? Token { get; init; }

    /// <summary>Telegram.</summary>
    public string? ChatId { get; init; }

    /// <summary>E-mail addresses.</summary>
    public ImmutableArray<string> To { get; init; } = [];

    /// <summary>PagerDuty.</summary>
    public string? RoutingKey { get; init; }

    public override string ToString() => nameof(ChannelTarget);

    /// <summary>The same place with the same secrets. Addresses of people are compared one by one, which arrays of a record are not.</summary>
    public bool Equals(ChannelTarget? other) =>
        other is not null && (Url, Secret, Token, ChatId, RoutingKey) == (other.Url, other.Secret, other.Token, other.ChatId, other.RoutingKey) && To.AsSpan().SequenceEqual(other.To.AsSpan());

    public override int GetHashCode() => HashCode.Combine(Url, Secret, Token, ChatId, RoutingKey, To.Length);
}
