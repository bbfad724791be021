using System.Globalization;

namespace BudgetEngine.GatewayLoad;

/// <summary>How long, how often, how many calls for the memory.</summary>
internal sealed record LoadOptions(TimeSpan Window, int Rounds, int MemoryCalls)
{
    private const string Usage = "usage: bench.sh --gateway [--seconds N] [--rounds N] [--memory-calls N]";

    /// <summary>Null after an error, which has been told on standard error.</summary>
    public static LoadOptions? Parse(string[] args)
    {
        var options = new LoadOptions(TimeSpan.FromSeconds(5), 3, 100_000);
        for (var i = 0; i < args.Length; i += 2)
        {
            var isNumber = int.TryParse(i + 1 < args.Length ? args[i + 1] : null, NumberStyles.None, CultureInfo.InvariantCulture, out var number);
            LoadOptions? next = args[i] switch
            {
                "--seconds" when isNumber && number > 0 => options with { Window = TimeSpan.FromSeconds(number) },
                "--rounds" when isNumber && number > 0 => options with { Rounds = number },
                "--memory-calls" when isNumber => options with { MemoryCalls = number },
                _ => null,
            };
            if (next is null)
            {
                Console.Error.WriteLine(Usage);
                return null;
            }

            options = next;
        }

        return options;
    }
}
