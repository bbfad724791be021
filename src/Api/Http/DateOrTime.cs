using System.Globalization;

namespace BudgetEngine.Api.Http;

/// <summary>A bound of a range as callers name it: a date, which is one of the tenant's zone, or an instant.</summary>
internal readonly record struct DateOrTime(DateOnly? Date, DateTimeOffset? Time)
{
    public const string Fault = "must be a date such as 2026-11-21, or an RFC 3339 time with 'Z' or an offset";

    private const int DateLength = 10;

    public static bool TryParse(string text, out DateOrTime bound)
    {
        bound = default;
        if (text.Length == DateLength && DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)) bound = new DateOrTime(date, null);
        else if (TimeText.TryParse(text, out var time)) bound = new DateOrTime(null, time);
        else return false;
        return true;
    }

    /// <summary>Whether a range that begins with this ends before it begins. A date and an instant are not compared: their rows are found by different columns.</summary>
    public bool IsEmptyUntil(in DateOrTime to) => (Date is { } from && to.Date is { } end && end <= from) || (Time is { } since && to.Time is { } until && until <= since);
}
