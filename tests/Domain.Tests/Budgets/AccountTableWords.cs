using System.Globalization;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.Windows;

namespace BudgetEngine.Domain.Tests.Budgets;

/// <summary>One command of an <see cref="AccountTable"/>: its name, then words and pairs of words in any order.</summary>
internal sealed class AccountTableWords(string text)
{
    private readonly string[] _words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    public string Command => _words[0];

    /// <summary>The word after the command.</summary>
    public string Name => _words[1];

    public Stamp Attempt => new(Long("attempt") ?? 1);

    public DateOnly? Date => Text("date") is { } date ? DateOnly.ParseExact(date, "yyyy-MM-dd", CultureInfo.InvariantCulture) : null;

    /// <summary>The first word that is a number.</summary>
    public Money Amount => new(_words.Skip(1).Where((w, i) => !IsValue(i + 1)).Select(w => long.TryParse(w, out var n) ? n : (long?)null).FirstOrDefault(n => n is not null) ?? 0);

    public Period Period => Window.Periods.Single(p => Has(p.ToString().ToLowerInvariant()));

    public bool Has(string word) => _words.Contains(word);

    public string? Text(string name) => Array.IndexOf(_words, name) is var at and > 0 && at + 1 < _words.Length ? _words[at + 1] : null;

    public long? Long(string name) => Text(name) is { } value ? long.Parse(value, CultureInfo.InvariantCulture) : null;

    public LimitSet? LimitsOrNone() => Has("none") ? null : Limits();

    public LimitSet Limits() => new(
        new Limits(Limit("daily"), Limit("weekly"), Limit("monthly"), Limit("total")), Threshold.Defaults, Has("soft") ? Enforcement.Soft : Enforcement.Hard);

    public Ask Ask(string path, Moment now)
    {
        var lifetime = TimeSpan.FromSeconds(Long("ttl") ?? 600);
        return new Ask(
            AccountTable.KeyOf(Name), Text("owner") ?? path, Attempt, new Stamp(Long("revision") ?? Attempt.Value), Text("user") ?? "anonymous", Text("model"), null, Amount,
            Long("min") is { } least ? new Money(least) : null, Has("free"), Has("unestimated"), Has("lower"), Date ?? DateOnly.FromDateTime(now.Utc.UtcDateTime),
            now.Utc + lifetime, lifetime);
    }

    private Money? Limit(string period) => Long(period) is { } limit ? new Money(limit) : null;

    private bool IsValue(int at) =>
        _words[at - 1] is "attempt" or "revision" or "user" or "owner" or "min" or "ttl" or "date" or "until" or "version" or "month" or "model" or "child" or "to";
}
