using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;

namespace BudgetEngine.Alerts.Delivery.Http;

/// <summary>How long the other side asks to wait, in all the ways in which it may say so.</summary>
internal static class RetryAfter
{
    /// <summary>Nobody makes an alert wait for longer: it would be lost within the 24 h of its delivery.</summary>
    public static readonly TimeSpan Max = TimeSpan.FromHours(1);

    /// <summary>Discord says seconds with decimals; a whole number above this is milliseconds, as old versions had them.</summary>
    public const decimal SuspiciousSeconds = 1_000;

    /// <summary>The header: seconds, or a date. Null when there is none, or nobody can read it.</summary>
    public static TimeSpan? FromHeader(string? value, DateTimeOffset now)
    {
        if (value is null || (value = value.Trim()).Length == 0) return null;
        if (value.All(char.IsAsciiDigit)) return Clamp(value.Length > 9 ? decimal.MaxValue : decimal.Parse(value, CultureInfo.InvariantCulture));
        if (decimal.TryParse(value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds)) return Clamp(seconds);
        return RetryConditionHeaderValue.TryParse(value, out var parsed) && parsed.Date is { } date ? Clamp((decimal)(date - now).TotalSeconds) : null;
    }

    /// <summary>Discord: <c>{ "retry_after": 0.64 }</c>.</summary>
    public static TimeSpan? FromDiscord(JsonElement body)
    {
        if (!TryField(body, "retry_after", out var field) || !field.TryGetDecimal(out var seconds)) return null;
        return Clamp(seconds > SuspiciousSeconds && seconds == decimal.Truncate(seconds) ? seconds / 1_000 : seconds);
    }

    /// <summary>Telegram: <c>{ "parameters": { "retry_after": 35 } }</c>.</summary>
    public static TimeSpan? FromTelegram(JsonElement body) =>
        body.ValueKind == JsonValueKind.Object && body.TryGetProperty("parameters", out var parameters)
        && TryField(parameters, "retry_after", out var field) && field.TryGetDecimal(out var seconds)
            ? Clamp(seconds)
            : null;

    private static bool TryField(JsonElement parent, string name, out JsonElement field)
    {
        field = default;
        return parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out field) && field.ValueKind == JsonValueKind.Number;
    }

    private static TimeSpan Clamp(decimal seconds) =>
        seconds <= 0 ? TimeSpan.Zero : seconds >= (decimal)Max.TotalSeconds ? Max : TimeSpan.FromTicks((long)(seconds * TimeSpan.TicksPerSecond));
}
