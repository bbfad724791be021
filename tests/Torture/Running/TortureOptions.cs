using System.Globalization;
using BudgetEngine.TestKit.Machine;

namespace BudgetEngine.Torture.Running;

/// <summary>What a run is told: how long, on which stores, and from which seed its nemeses are drawn.</summary>
/// <param name="Stores">True: PostgreSQL; false: SQLite.</param>
/// <param name="For">Null: <paramref name="Rounds"/> decides.</param>
/// <param name="Nemesis">Only this one; null: drawn.</param>
internal sealed record TortureOptions(int Rounds, IReadOnlyList<bool> Stores, int Seed, TimeSpan? For, string? Nemesis = null)
{
    private const string Usage = "usage: torture.sh [--rounds N] [--store sqlite|postgres] [--seed S] [--for 30s|20m|1h] [--nemesis NAME]";

    /// <summary>Null after an error, which has been told on standard error.</summary>
    public static TortureOptions? Parse(string[] args)
    {
        var options = new TortureOptions(20, Here(), Random.Shared.Next(), null);
        for (var i = 0; i < args.Length; i += 2)
        {
            if (i + 1 == args.Length || options.With(args[i], args[i + 1]) is not { } next)
            {
                Console.Error.WriteLine(Usage);
                return null;
            }

            options = next;
        }

        return options;
    }

    /// <summary>A number with s, m or h.</summary>
    public static TimeSpan? Span(string text)
    {
        if (text.Length < 2 || !int.TryParse(text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return null;
        return text[^1] switch
        {
            's' => TimeSpan.FromSeconds(number),
            'm' => TimeSpan.FromMinutes(number),
            'h' => TimeSpan.FromHours(number),
            _ => null,
        };
    }

    private TortureOptions? With(string name, string value)
    {
        var isNumber = int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number);
        return (name, value) switch
        {
            ("--rounds", _) when isNumber && number > 0 => this with { Rounds = number },
            ("--seed", _) when isNumber => this with { Seed = number },
            ("--store", "sqlite") => this with { Stores = [false] },
            ("--store", "postgres") => this with { Stores = [true] },
            ("--nemesis", _) => this with { Nemesis = value },
            ("--for", _) when Span(value) is { } span => this with { For = span },
            _ => null,
        };
    }

    private static bool[] Here()
    {
        if (PostgresServer.WhyNot() is not { } reason) return [false, true];
        Console.Error.WriteLine($"PostgreSQL is skipped: {reason}");
        return [false];
    }
}
