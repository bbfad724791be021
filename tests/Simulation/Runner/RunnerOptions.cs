using System.Globalization;

namespace BudgetEngine.Simulation.Runner;

/// <summary>What <c>simulate.sh</c> was asked for.</summary>
internal sealed record RunnerOptions
{
    public const string Usage =
        """
        simulate.sh --seeds N [--from S]    runs so many seeds
        simulate.sh --for 1h [--from S]     runs on for so long (s, m, h)
        simulate.sh --seed S [--trace]      runs one seed and prints its log; with --trace every step of the schedule too
        simulate.sh --planted [NAME...]     plants the bugs of tests/Simulation/PlantedBugs one at a time and expects each to be found
        --traces FILE                       writes the trace of every seed of a series to a file: two states of the source that behave alike write the same
        --threads T                         default: one for each core
        """;

    public int? Seeds { get; private init; }

    public ulong From { get; private init; }

    public TimeSpan? For { get; private init; }

    public ulong? Seed { get; private init; }

    public bool Trace { get; private init; }

    /// <summary>Where the traces of a series go.</summary>
    public string? Traces { get; private init; }

    public bool Planted { get; private init; }

    public IReadOnlyList<string> Names { get; private init; } = [];

    public int Threads { get; private init; } = Environment.ProcessorCount;

    /// <summary>Of a planted bug: how many seeds it took is all that is wanted.</summary>
    public bool UntilViolation { get; private init; }

    /// <summary>Null: not understood.</summary>
    public static RunnerOptions? Parse(IReadOnlyList<string> args)
    {
        var options = new RunnerOptions();
        for (var i = 0; i < args.Count; i++)
        {
            var value = i + 1 < args.Count ? args[i + 1] : "";
            switch (args[i])
            {
                case "--seeds" when int.TryParse(value, CultureInfo.InvariantCulture, out var seeds):
                    options = options with { Seeds = seeds };
                    i++;
                    break;
                case "--from" when ulong.TryParse(value, CultureInfo.InvariantCulture, out var from):
                    options = options with { From = from };
                    i++;
                    break;
                case "--seed" when ulong.TryParse(value, CultureInfo.InvariantCulture, out var seed):
                    options = options with { Seed = seed };
                    i++;
                    break;
                case "--traces" when value.Length > 0:
                    options = options with { Traces = value };
                    i++;
                    break;
                case "--threads" when int.TryParse(value, CultureInfo.InvariantCulture, out var threads) && threads > 0:
                    options = options with { Threads = threads };
                    i++;
                    break;
                case "--for" when Time(value) is { } time:
                    options = options with { For = time };
                    i++;
                    break;
                case "--trace":
                    options = options with { Trace = true };
                    break;
                case "--until-violation":
                    options = options with { UntilViolation = true };
                    break;
                case "--planted":
                    options = options with { Planted = true, Names = [.. args.Skip(i + 1).TakeWhile(a => !a.StartsWith('-'))] };
                    i += options.Names.Count;
                    break;
                default:
                    return null;
            }
        }

        return options.Seeds is null && options.For is null && options.Seed is null && !options.Planted ? null : options;
    }

    private static TimeSpan? Time(string text)
    {
        if (text.Length < 2 || !int.TryParse(text.AsSpan(0, text.Length - 1), CultureInfo.InvariantCulture, out var number)) return null;
        return text[^1] switch { 's' => TimeSpan.FromSeconds(number), 'm' => TimeSpan.FromMinutes(number), 'h' => TimeSpan.FromHours(number), _ => null };
    }
}
