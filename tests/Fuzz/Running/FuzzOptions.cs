using System.Globalization;

namespace BudgetEngine.Fuzz.Running;

/// <param name="Replay">A file with a raw request; then nothing else is sent.</param>
/// <param name="Races">So many races of administrators, in place of inputs.</param>
internal sealed record FuzzOptions(long Inputs, int Seed, TimeSpan? For, string? Replay, int? Races = null)
{
    private const string Usage = "usage: fuzz.sh [--inputs N] [--seed S] [--for 30s|20m|1h] | --races N [--seed S] | --replay FILE";

    /// <summary>Null after an error, which has been told on standard error.</summary>
    public static FuzzOptions? Parse(string[] args)
    {
        var options = new FuzzOptions(100_000, Random.Shared.Next(), null, null);
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

    private FuzzOptions? With(string name, string value)
    {
        var isNumber = long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number);
        return name switch
        {
            "--inputs" when isNumber && number > 0 => this with { Inputs = number },
            "--races" when isNumber && number is > 0 and <= int.MaxValue => this with { Races = (int)number },
            "--seed" when isNumber && number <= int.MaxValue => this with { Seed = (int)number },
            "--for" when Span(value) is { } span => this with { For = span, Inputs = long.MaxValue },
            "--replay" when File.Exists(value) => this with { Replay = value },
            _ => null,
        };
    }

    private static TimeSpan? Span(string text)
    {
        if (text.Length < 2 || !int.TryParse(text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return null;
        return text[^1] switch { 's' => TimeSpan.FromSeconds(number), 'm' => TimeSpan.FromMinutes(number), 'h' => TimeSpan.FromHours(number), _ => null };
    }
}
