using System.Globalization;
using BudgetEngine.TestKit.Machine;

namespace BudgetEngine.Attacks.Harness;

/// <summary>Which attacks, on which stores, how long.</summary>
/// <param name="Stores">True: PostgreSQL; false: SQLite.</param>
/// <param name="Rows">Rows of usage that the attacker has before it begins.</param>
/// <param name="Beside">The attacker has as much of this machine as everything else; else it has what they leave.</param>
/// <param name="OnlyRow">This is the process of one attack, and prints its row.</param>
internal sealed record AttackOptions(IReadOnlyList<IAttack> Attacks, IReadOnlyList<bool> Stores, TimeSpan Idle, TimeSpan Attack, int Rows, bool Beside = false, bool OnlyRow = false)
{
    private const string Usage = "usage: attacks.sh [--attack NAME,...] [--store sqlite|postgres] [--seconds N] [--rows N] [--attacker beside|elsewhere]";

    /// <summary>Null after an error, which has been told on standard error.</summary>
    public static AttackOptions? Parse(string[] args, IReadOnlyList<IAttack> all)
    {
        var options = new AttackOptions(all, Here(), TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(10), 200_000);
        for (var i = 0; i < args.Length; i += 2)
        {
            if (i + 1 == args.Length || options.With(args[i], args[i + 1]) is not { } next)
            {
                Console.Error.WriteLine($"{Usage}\nattacks: {string.Join(", ", all.Select(a => a.Name))}");
                return null;
            }

            options = next;
        }

        return options;
    }

    public string[] ArgumentsOf(IAttack attack, bool postgres) =>
    [
        "--attack", attack.Name, "--store", postgres ? "postgres" : "sqlite", "--seconds", Attack.TotalSeconds.ToString(CultureInfo.InvariantCulture), "--rows", Rows.ToString(CultureInfo.InvariantCulture),
        "--attacker", Beside ? "beside" : "elsewhere", "--print", "row",
    ];

    private AttackOptions? With(string name, string value)
    {
        var isNumber = int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0;
        return (name, value) switch
        {
            ("--seconds", _) when isNumber => this with { Attack = TimeSpan.FromSeconds(number) },
            ("--rows", _) when isNumber => this with { Rows = number },
            ("--store", "sqlite") => this with { Stores = [false] },
            ("--store", "postgres") => this with { Stores = [true] },
            ("--attacker", "beside" or "elsewhere") => this with { Beside = value == "beside" },
            ("--print", "row") => this with { OnlyRow = true },
            ("--attack", _) when Named(value) is { } named => this with { Attacks = named },
            _ => null,
        };
    }

    private IAttack[]? Named(string names)
    {
        var wanted = names.Split(',');
        return Array.TrueForAll(wanted, n => Attacks.Any(a => a.Name == n)) ? [.. Attacks.Where(a => wanted.Contains(a.Name))] : null;
    }

    private static bool[] Here()
    {
        if (PostgresServer.WhyNot() is not { } reason) return [false, true];
        Console.Error.WriteLine($"PostgreSQL is skipped: {reason}");
        return [false];
    }
}
