using System.ComponentModel;
using System.Text.Json.Serialization;
using BudgetEngine.Alerts.Delivery.Secrets;
using BudgetEngine.Api.Http.Json;
using BudgetEngine.Domain.Alerts;
using BudgetEngine.Grains.Interfaces.Alerts;

namespace BudgetEngine.Api.Channels;

/// <summary>
/// A channel, with the settings that its type has. Of each that may be a secret (<c>url</c>, <c>secret</c>, <c>token</c>, <c>routing_key</c>) a reference is told
/// as it is; a literal is told as null, and <c>…_set</c> beside it says that there is one.
/// </summary>
public sealed record ChannelResponse(
    string Name,
    ChannelType Type,
    [property: Description("null: the whole installation")] string? Under,
    [property: Description("null: all")] IReadOnlyList<string>? Levels,
    [property: Description("null: all")] IReadOnlyList<AlertType>? Types)
{
    private const string Reference = "The reference; null where it is a literal or not set.";

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault), Description(Reference)]
    public Optional<string> Url { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? UrlSet { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault), Description(Reference)]
    public Optional<string> Secret { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? SecretSet { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault), Description(Reference)]
    public Optional<string> Token { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? TokenSet { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public Optional<string> ChatId { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? To { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault), Description(Reference)]
    public Optional<string> RoutingKey { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? RoutingKeySet { get; init; }

    public DisabledResponse? Disabled { get; init; }

    [Description("null: not known just now")]
    public ChannelHealthResponse? Health { get; init; }

    internal static ChannelResponse Of(ChannelView view)
    {
        var c = view.Channel;
        var answer = new ChannelResponse(c.Name, c.Type, c.Under, c.Levels.IsDefaultOrEmpty ? null : c.Levels, c.Types.IsDefaultOrEmpty ? null : c.Types)
        {
            Disabled = c.Disabled is { } disabled ? new DisabledResponse(disabled.Reason, disabled.At) : null,
            Health = view.Health is { } health ? ChannelHealthResponse.Of(health) : null,
        };
        var target = c.Target;
        return c.Type switch
        {
            ChannelType.Webhook => answer with { Url = Shown(target.Url), UrlSet = target.Url is not null, Secret = Shown(target.Secret), SecretSet = target.Secret is not null },
            ChannelType.Slack or ChannelType.Discord or ChannelType.Teams => answer with { Url = Shown(target.Url), UrlSet = target.Url is not null },
            ChannelType.Telegram => answer with { Token = Shown(target.Token), TokenSet = target.Token is not null, ChatId = target.ChatId },
            ChannelType.Email => answer with { To = target.To.IsDefault ? [] : target.To },
            ChannelType.PagerDuty => answer with { RoutingKey = Shown(target.RoutingKey), RoutingKeySet = target.RoutingKey is not null },
            _ => answer,
        };
    }

    private static string? Shown(string? value) => value is not null && SecretReference.IsReference(value) ? value : null;
}

/// <summary>Why a channel is off, and since when.</summary>
public sealed record DisabledResponse(string Reason, DateTimeOffset At);

/// <summary>How a channel is doing.</summary>
public sealed record ChannelHealthResponse(
    long Sent, DateTimeOffset? LastSentAt, int FailuresInARow, DateTimeOffset? FailingSince, string? LastError, DateTimeOffset? PausedUntil)
{
    internal static ChannelHealthResponse Of(NotifierView h) => new(h.Sent, h.LastSentAt, h.FailuresInARow, h.FailingSince, h.LastError, h.PausedUntil);
}

/// <summary>The alert that tries a channel.</summary>
public sealed record ChannelTestResponse(string AlertId);
