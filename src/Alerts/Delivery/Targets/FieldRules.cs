using System.Globalization;
using BudgetEngine.Alerts.Delivery.Http;
using BudgetEngine.Alerts.Payloads;

namespace BudgetEngine.Alerts.Delivery.Targets;

/// <summary>What each field of a target must look like; null: nothing is wrong. No fault repeats the value.</summary>
internal static class FieldRules
{
    public const int MaxRecipients = 50;
    public const int RoutingKeyLength = 32;

    public static string? Url(string value, bool allowPrivate) => TargetAddress.Fault(value, allowPrivate, out _);

    public static string? WebhookSecret(string value) =>
        WebhookSignature.Keys(value) is null ? "must be whsec_ and base64 of 24 to 64 bytes (or up to 4 such, separated by blanks)" : null;

    /// <summary>As @BotFather gives it: <c>123456:ABC-DEF…</c>.</summary>
    public static string? Token(string value) =>
        value.Split(':') is [{ Length: >= 1 and <= 20 } id, { Length: >= 20 and <= 100 } key] && id.All(char.IsAsciiDigit) && key.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-')
            ? null
            : "must be a bot's token: digits, a colon, letters and digits";

    public static string? ChatId(string value) =>
        value.StartsWith('@')
            ? value.Length is >= 5 and <= 33 && value[1..].All(c => char.IsAsciiLetterOrDigit(c) || c == '_') ? null : "must be a number, or @ and the name of a channel"
            : long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var id) && id != 0 ? null : "must be a number, or @ and the name of a channel";

    public static string? RoutingKey(string value) =>
        value.Length == RoutingKeyLength && value.All(char.IsAsciiLetterOrDigit) ? null : "must be an integration key of 32 letters and digits";
}
