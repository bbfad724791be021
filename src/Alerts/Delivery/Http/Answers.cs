using System.Globalization;
using System.Text.Json;
using BudgetEngine.Alerts.Delivery.Targets;
using BudgetEngine.Alerts.Text;
using BudgetEngine.Domain.Alerts;

namespace BudgetEngine.Alerts.Delivery.Http;

/// <summary>What an answer means. Only 2xx is success, and for Slack and Telegram only with the words by which they say so; Teams may say in a 200 that it has failed.</summary>
internal static class Answers
{
    public const int MaxDetail = 200;

    /// <summary>What an address of the old kind (a connector's) answers with status 200; what follows names the error, often that there were too many.</summary>
    private const string TeamsFailure = "Webhook message delivery failed";

    /// <summary>Whether the body says something that counts.</summary>
    public static bool NeedsBody(ChannelType type, int status) => type switch
    {
        ChannelType.Slack or ChannelType.Telegram => true,
        ChannelType.Discord or ChannelType.PagerDuty => !IsSuccess(status),
        ChannelType.Teams => IsSuccess(status),
        _ => false,
    };

    public static SendOutcome Judge(ChannelType type, HttpAnswer answer, OpenTarget target, DateTimeOffset now)
    {
        var json = type is ChannelType.Discord or ChannelType.Telegram or ChannelType.PagerDuty or ChannelType.Slack ? answer.Json() : default;
        var status = answer.Status;
        if (IsSuccess(status))
        {
            if (IsSent(type, answer, json)) return SendOutcome.Sent;
            // Telegram may say in the body what it does not say in the status.
            status = type == ChannelType.Telegram && Field(json, "error_code") is { ValueKind: JsonValueKind.Number } code && code.TryGetInt32(out var parsed) ? parsed : 0;
        }

        var result = status switch
        {
            410 => SendResult.Gone,
            408 or 425 or 429 => SendResult.Failed,
            >= 300 and < 500 => SendResult.Refused,
            _ => SendResult.Failed,
        };
        var redirect = status is >= 300 and < 400 ? ", a redirect, which is not followed" : "";
        var error = string.Create(CultureInfo.InvariantCulture, $"answered {answer.Status}{redirect}{Detail(type, answer, json, target)}");
        return new SendOutcome(result, error, result == SendResult.Failed ? Wait(type, json) ?? RetryAfter.FromHeader(answer.RetryAfter, now) : null);
    }

    private static TimeSpan? Wait(ChannelType type, JsonElement json) => type switch
    {
        ChannelType.Discord => RetryAfter.FromDiscord(json),
        ChannelType.Telegram => RetryAfter.FromTelegram(json),
        _ => null,
    };

    private static bool IsSent(ChannelType type, HttpAnswer answer, JsonElement json) => type switch
    {
        ChannelType.Slack or ChannelType.Telegram => SaysOk(type, answer, json),
        ChannelType.Teams => !answer.Text.TrimStart().StartsWith(TeamsFailure, StringComparison.OrdinalIgnoreCase),
        _ => true,
    };

    private static bool SaysOk(ChannelType type, HttpAnswer answer, JsonElement json) =>
        Field(json, "ok") is { ValueKind: JsonValueKind.True } || (type == ChannelType.Slack && answer.Text.Trim().Equals("ok", StringComparison.OrdinalIgnoreCase));

    /// <summary>The reason in the service's own words, where it has a known place; never anything else of a body, and nothing that repeats a secret.</summary>
    private static string Detail(ChannelType type, HttpAnswer answer, JsonElement json, OpenTarget target)
    {
        var detail = type switch
        {
            ChannelType.Slack => answer.Text.Trim() is { Length: > 0 and <= 60 } word && word.All(c => char.IsAsciiLetterLower(c) || c == '_') ? word : null,
            ChannelType.Discord or ChannelType.PagerDuty => Text(json, "message"),
            ChannelType.Telegram => Text(json, "description"),
            ChannelType.Teams when IsSuccess(answer.Status) => TeamsFailure,
            _ => null,
        };
        if (detail is null && IsSuccess(answer.Status)) detail = "without its 'ok'";
        detail = OutsideText.Clean(detail, MaxDetail);
        return detail.Length > 0 && target.IsSafe(detail) ? $": {detail}" : "";
    }

    private static string? Text(JsonElement json, string name) => Field(json, name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    private static JsonElement? Field(JsonElement json, string name) => json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var field) ? field : null;

    private static bool IsSuccess(int status) => status is >= 200 and < 300;
}
