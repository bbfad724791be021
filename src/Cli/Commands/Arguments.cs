using System.CommandLine;
using System.Globalization;

namespace BudgetEngine.Cli.Commands;

/// <summary>Arguments and options that several commands have, with one meaning.</summary>
internal static class Arguments
{
    /// <summary>Of a length of time: a hundred years, beyond which a date has no end.</summary>
    private const int MaxDays = 36_525;

    public static Argument<string> CostCenter() => new("cost-center") { Description = "Such as acme/engineering/search." };

    public static Argument<string?> OptionalCostCenter() => new("cost-center") { Description = "Such as acme/engineering/search.", Arity = ArgumentArity.ZeroOrOne };

    public static Option<string> User() => Text("--user", "NAME", "Of one user.");

    public static Option<string> Model() => Text("--model", "MODEL", "Of one model.");

    public static Option<string> Reason() => Text("--reason", "TEXT", "Why; kept in the audit.");

    public static Option<string> From() => Text("--from", "TIME", "A date or an instant, inclusive.");

    public static Option<string> To() => Text("--to", "TIME", "A date or an instant, exclusive.");

    public static Option<int> Most(int normally) => new("--most", "-n") { HelpName = "N", Description = $"At most so many, default {normally}.", DefaultValueFactory = _ => normally };

    public static Option<string> Text(string name, string value, string description) => new(name) { HelpName = value, Description = description };

    /// <summary>An amount of money, exactly as written; what is no amount is a fault of the command line.</summary>
    public static Option<string> Amount(string name, string description, bool mayBeNone = false)
    {
        var option = Text(name, mayBeNone ? "AMOUNT|none" : "AMOUNT", description);
        option.Validators.Add(result =>
        {
            foreach (var token in result.Tokens)
            {
                if (!(mayBeNone && token.Value == "none") && !IsAmount(token.Value)) result.AddError($"'{token.Value}' is no amount for {name}");
            }
        });
        return option;
    }

    public static bool IsAmount(string text) => decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out _);

    /// <summary>An instant: as it was given, or from now on in so long (<c>30m</c>, <c>4h</c>, <c>7d</c>).</summary>
    /// <exception cref="CommandFault">It is neither.</exception>
    public static string? Until(string? text, TimeProvider clock)
    {
        if (text is null) return null;
        if (Duration(text) is { } time) return (clock.GetUtcNow() + time).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.None, out _) ? text : throw new CommandFault($"'{text}' is neither an instant such as 2026-12-01T00:00:00Z nor a time such as 4h");
    }

    /// <summary>A length of time such as <c>90s</c>, <c>30m</c>, <c>4h</c> or <c>7d</c>, at most <see cref="MaxDays"/>; null: it is none.</summary>
    public static TimeSpan? Duration(string text)
    {
        if (text.Length < 2 || !int.TryParse(text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var count)) return null;
        long? seconds = text[^1] switch { 's' => 1, 'm' => 60, 'h' => 3_600, 'd' => 86_400, _ => null };
        return count * seconds is { } length && length <= MaxDays * 86_400L ? TimeSpan.FromSeconds(length) : null;
    }
}
