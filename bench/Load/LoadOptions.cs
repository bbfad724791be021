using System.Globalization;

namespace BudgetEngine.Load;

/// <summary>What the command line asks for.</summary>
internal sealed record LoadOptions
{
    public const string Usage = """
        usage: bench.sh [--runtime local|orleans] [--quick] [--only echo,check,deny,settle,post,batch,memory] [--stores sqlite,postgres]
                        [--seconds S] [--runs N] [--warm-up S] [--connections N] [--cost-centers N] [--json FILE]
        """;

    public static readonly string[] AllParts = ["echo", "check", "deny", "settle", "post", "batch", "memory"];
    public static readonly string[] AllStores = ["sqlite", "postgres"];

    public IReadOnlyList<string> Parts { get; init; } = AllParts;

    public IReadOnlyList<string> Stores { get; init; } = AllStores;

    /// <summary>Of one measured window.</summary>
    public TimeSpan Length { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Windows of each load.</summary>
    public int Runs { get; init; } = 3;

    public TimeSpan WarmUp { get; init; } = TimeSpan.FromSeconds(3);

    public int Connections { get; init; } = Sizes.Connections;

    public int CostCenters { get; init; } = Sizes.ResidentCostCenters;

    public string? JsonFile { get; init; }

    /// <summary>What is measured; told by the script.</summary>
    public string Commit { get; init; } = "unknown";

    public string Runtime { get; init; } = "local";

    public bool Has(string part) => Parts.Contains(part);

    /// <exception cref="ArgumentException">With what is wrong.</exception>
    public static LoadOptions Parse(string[] args)
    {
        var options = new LoadOptions();
        for (var i = 0; i < args.Length; i++)
        {
            if (args[i] == "--quick")
            {
                options = options with { Runs = 1, Length = TimeSpan.FromSeconds(1), WarmUp = TimeSpan.FromSeconds(1) };
                continue;
            }

            var (name, value) = (args[i], i + 1 < args.Length ? args[++i] : throw new ArgumentException($"'{args[i]}' needs a value, or is unknown"));
            options = With(options, name, value);
        }

        return options;
    }

    private static LoadOptions With(LoadOptions options, string name, string value) => name switch
    {
        "--only" => options with { Parts = List(value, AllParts) },
        "--stores" => options with { Stores = List(value, AllStores) },
        "--seconds" => options with { Length = Seconds(value) },
        "--warm-up" => options with { WarmUp = Seconds(value) },
        "--runs" => options with { Runs = Number(value, 1, 1_000) },
        "--connections" => options with { Connections = Number(value, 1, 10_000) },
        "--cost-centers" => options with { CostCenters = Number(value, Sizes.ResidentLeavesPerDepartment, 10_000_000) },
        "--json" => options with { JsonFile = value },
        "--commit" => options with { Commit = value },
        "--runtime" => options with { Runtime = value },
        _ => throw new ArgumentException($"unknown option '{name}'"),
    };

    private static string[] List(string value, string[] all)
    {
        var words = value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var wrong = Array.Find(words, w => !all.Contains(w));
        return wrong is null ? words : throw new ArgumentException($"'{wrong}' is none of {string.Join(", ", all)}");
    }

    private static TimeSpan Seconds(string value) =>
        double.TryParse(value, CultureInfo.InvariantCulture, out var seconds) && seconds is >= 0.1 and <= 3_600
            ? TimeSpan.FromSeconds(seconds)
            : throw new ArgumentException($"'{value}' is not a time of 0.1 to 3600 seconds");

    private static int Number(string value, int least, int most) =>
        int.TryParse(value, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number
            : throw new ArgumentException($"'{value}' is not a number of {least} to {most}");
}
