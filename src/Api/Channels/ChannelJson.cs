using System.Text.Json;
using BudgetEngine.Channels;
using BudgetEngine.Domain;
using BudgetEngine.Grains.Interfaces.Alerts;

namespace BudgetEngine.Api;

/// <summary>A channel, and how it is doing (null: its notifier does not answer).</summary>
internal sealed record ChannelView(Channel Channel, NotifierView? Health);

/// <summary>
/// Writes channels. Of each field that may be a secret (<c>url</c>, <c>secret</c>, <c>token</c>, <c>routing_key</c>) a reference is told as it is; a literal is
/// told as null, and <c>…_set</c> beside it says that there is one.
/// </summary>
internal static class ChannelJson
{
    public static void Write(Utf8JsonWriter json, ChannelView view)
    {
        var channel = view.Channel;
        json.WriteStartObject();
        json.WriteString("name"u8, channel.Name);
        json.WriteString("type"u8, ChannelTypes.WordOf(channel.Type));
        CheckAnswerJson.WriteText(json, "under"u8, channel.Under);
        WriteTexts(json, "levels"u8, channel.Levels.IsDefaultOrEmpty ? null : [.. channel.Levels]);
        WriteTexts(json, "types"u8, channel.Types.IsDefaultOrEmpty ? null : [.. channel.Types.Select(AlertTypes.WordOf)]);
        WriteTarget(json, channel.Type, channel.Target);
        WriteDisabled(json, channel.Disabled);
        WriteHealth(json, view.Health);
        json.WriteEndObject();
    }

    private static void WriteTarget(Utf8JsonWriter json, ChannelType type, ChannelTarget target)
    {
        switch (type)
        {
            case ChannelType.Webhook:
                WriteSecret(json, "url", target.Url);
                WriteSecret(json, "secret", target.Secret);
                break;
            case ChannelType.Slack or ChannelType.Discord or ChannelType.Teams:
                WriteSecret(json, "url", target.Url);
                break;
            case ChannelType.Telegram:
                WriteSecret(json, "token", target.Token);
                CheckAnswerJson.WriteText(json, "chat_id"u8, target.ChatId);
                break;
            case ChannelType.Email:
                WriteTexts(json, "to"u8, target.To.IsDefault ? [] : [.. target.To]);
                break;
            case ChannelType.PagerDuty:
                WriteSecret(json, "routing_key", target.RoutingKey);
                break;
        }
    }

    private static void WriteSecret(Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null && SecretReference.IsReference(value)) json.WriteString(name, value);
        else json.WriteNull(name);
        json.WriteBoolean(name + "_set", value is not null);
    }

    private static void WriteDisabled(Utf8JsonWriter json, ChannelDisabled? disabled)
    {
        json.WritePropertyName("disabled"u8);
        if (disabled is null)
        {
            json.WriteNullValue();
            return;
        }

        json.WriteStartObject();
        json.WriteString("reason"u8, disabled.Reason);
        json.WriteTime("at"u8, disabled.At);
        json.WriteEndObject();
    }

    private static void WriteHealth(Utf8JsonWriter json, NotifierView? health)
    {
        json.WritePropertyName("health"u8);
        if (health is null)
        {
            json.WriteNullValue();
            return;
        }

        json.WriteStartObject();
        json.WriteNumber("sent"u8, health.Sent);
        json.WriteTime("last_sent_at"u8, health.LastSentAt);
        json.WriteNumber("failures_in_a_row"u8, health.FailuresInARow);
        json.WriteTime("failing_since"u8, health.FailingSince);
        CheckAnswerJson.WriteText(json, "last_error"u8, health.LastError);
        json.WriteTime("paused_until"u8, health.PausedUntil);
        json.WriteEndObject();
    }

    private static void WriteTexts(Utf8JsonWriter json, ReadOnlySpan<byte> name, string[]? texts)
    {
        if (texts is null)
        {
            json.WriteNull(name);
            return;
        }

        json.WriteStartArray(name);
        foreach (var text in texts) json.WriteStringValue(text);
        json.WriteEndArray();
    }
}
