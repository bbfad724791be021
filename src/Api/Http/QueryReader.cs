using System.Globalization;
using System.Text;
using BudgetEngine.Api.Errors;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Domain.Windows;
using BudgetEngine.Ledger.Reports;
using Microsoft.AspNetCore.Http;

namespace BudgetEngine.Api.Http;

/// <summary>
/// Typed reads of query parameters. A parameter that nobody reads is refused, like an unknown field: a misspelt filter would silently list too much. One that
/// occurs twice is a fault.
/// </summary>
internal sealed class QueryReader(HttpContext context, FaultList faults)
{
    public const int DefaultLimit = 50;
    public const int MaxLimit = 500;

    private readonly IQueryCollection _query = context.Request.Query;
    private readonly HashSet<string> _read = new(StringComparer.OrdinalIgnoreCase);

    public FaultList Faults => faults;

    public string? Text(string name, int maxLength = TextRules.MaxName)
    {
        _read.Add(name);
        if (!_query.TryGetValue(name, out var values) || values.Count == 0) return null;
        if (values.Count > 1)
        {
            faults.Add(name, "must not occur twice");
            return null;
        }

        if (TextRules.FaultOf(values[0], maxLength) is not { } fault) return values[0];
        faults.Add(name, fault);
        return null;
    }

    public CostCenterId? CostCenter(string name)
    {
        if (Text(name, JsonFields.MaxText) is not { } text) return null;
        if (CostCenterId.TryParse(text, out var id, out var fault)) return id;
        faults.Add(name, fault!);
        return null;
    }

    /// <summary><c>from</c> and <c>to</c>: dates or instants.</summary>
    public UsageRange Range()
    {
        var (from, to) = (Bound("from"), Bound("to"));
        if (from.IsEmptyUntil(to)) faults.Add("to", "must be after from; it is exclusive");
        return new UsageRange(from.Date, to.Date, from.Time, to.Time);
    }

    /// <summary>An instant, or a date, which begins with it in the zone of the calendar.</summary>
    public DateTimeOffset? Since(TenantCalendar calendar) => InstantOf(Bound("since"), calendar);

    /// <summary><c>from</c> and <c>to</c> of what has no booked date: a date begins in the zone of the calendar.</summary>
    public (DateTimeOffset? From, DateTimeOffset? To) Times(TenantCalendar calendar)
    {
        var (from, to) = (InstantOf(Bound("from"), calendar), InstantOf(Bound("to"), calendar));
        if (from >= to) faults.Add("to", "must be after from; it is exclusive");
        return (from, to);
    }

    // A date that the zone skips has no beginning of its own.
    private static DateTimeOffset? InstantOf(DateOrTime bound, TenantCalendar calendar) =>
        bound.Date is { } date ? calendar.StartOf(date) ?? calendar.StartOf(date.AddDays(1)) : bound.Time;

    private DateOrTime Bound(string name)
    {
        if (Text(name) is not { } text) return default;
        if (!DateOrTime.TryParse(text, out var bound)) faults.Add(name, DateOrTime.Fault);
        return bound;
    }

    public DateOnly? Date(string name)
    {
        if (Text(name) is not { } text) return null;
        if (DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)) return date;
        faults.Add(name, "must be a date such as 2026-11-21");
        return null;
    }

    public DateTimeOffset? Time(string name)
    {
        if (Text(name) is not { } text) return null;
        if (TimeText.TryParse(text, out var time)) return time;
        faults.Add(name, TimeText.Fault);
        return null;
    }

    public Money? Amount(string name, Resolution resolution)
    {
        if (Text(name) is not { } text) return null;
        if (AmountText.Read(Encoding.UTF8.GetBytes(text), out var units) == AmountReading.Ok && resolution.TryExact(units, out var money)) return money;
        faults.Add(name, $"must be an amount with at most {resolution.Decimals} decimals");
        return null;
    }

    /// <summary>A whole number of seconds, from 0.</summary>
    public TimeSpan? Seconds(string name, TimeSpan most)
    {
        if (Text(name) is not { } text) return null;
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds <= most.TotalSeconds) return TimeSpan.FromSeconds(seconds);
        faults.Add(name, $"must be a whole number of seconds, at most {most.TotalSeconds}");
        return null;
    }

    public bool Flag(string name)
    {
        switch (Text(name))
        {
            case null or "false": return false;
            case "true": return true;
            default:
                faults.Add(name, "must be true or false");
                return false;
        }
    }

    /// <summary>One of a few words; the first stands where none is given.</summary>
    public string Word(string name, params ReadOnlySpan<string> words)
    {
        if (Text(name) is not { } text) return words[0];
        foreach (var word in words)
        {
            if (word == text) return text;
        }

        faults.Add(name, $"must be one of {string.Join(", ", words.ToArray())}");
        return words[0];
    }

    public int Limit()
    {
        if (Text("limit") is not { } text) return DefaultLimit;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit is >= 1 and <= MaxLimit) return limit;
        faults.Add("limit", $"must be 1 to {MaxLimit}");
        return DefaultLimit;
    }

    /// <summary>Parameters whose name starts so: the rest of the name with the value.</summary>
    public List<KeyValuePair<string, string>> Prefixed(string prefix)
    {
        var found = new List<KeyValuePair<string, string>>();
        foreach (var name in _query.Keys)
        {
            if (!name.StartsWith(prefix, StringComparison.Ordinal) || name.Length == prefix.Length) continue;
            if (Text(name, 256) is { } value) found.Add(new(name[prefix.Length..], value));
        }

        return found;
    }

    /// <summary>All faults, unread parameters included, once everything has been read.</summary>
    public Problem? Problem()
    {
        foreach (var name in _query.Keys)
        {
            if (!_read.Contains(name)) faults.AddUnknown(name);
        }

        return faults.ToProblem();
    }

    /// <summary>The parts of the cursor; null without one. A cursor that we did not write is <c>invalid_cursor</c>.</summary>
    public string[]? Cursor(int parts, out Problem? problem)
    {
        problem = null;
        _read.Add("cursor");
        if (!_query.TryGetValue("cursor", out var values) || values.Count == 0) return null;
        if (values.Count == 1 && Cursors.TryRead(values[0], parts, out var read)) return read;
        problem = new Problem(ApiCode.InvalidCursor, "The cursor is not one that this list has answered.");
        return null;
    }
}
