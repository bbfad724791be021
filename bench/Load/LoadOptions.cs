using System.Globalization;
using BudgetEngine.Load.Matches;
using BudgetEngine.Load.Servers;

namespace BudgetEngine.Load;

/// <summary>What the command line asks for.</summary>
internal sealed record LoadOptions
{
    public const string Usage = """
        usage: bench.sh [--quick] [--large] [--micro] [--engine NAME=PATH_TO_DLL]... [--only PART,...] [--stores sqlite,postgres] [--rivals redis,update,limit]
                        [--seconds S] [--runs N] [--warm-up S] [--prime S] [--connections N] [--soak S] [--out FOLDER] [--json FILE]
        parts: echo, check, deny, settle, post, batch, open, allocation, memory, ended, collector, silos, start; only where named: soak (15 min, or --soak S), dashboards
        """;

    public const string Open = "open";
    public const string Allocation = "allocation";
    public const string Memory = "memory";
    public const string Ended = "ended";
    public const string Collector = "collector";
    public const string Silos = "silos";
    public const string Start = "start";

    /// <summary>Takes longer than all the rest, so it runs only where it is asked for by name.</summary>
    public const string SoakPart = "soak";

    /// <summary>100 open dashboards beside checks: only where it is asked for by name.</summary>
    public const string Dashboards = "dashboards";

    public const string Redis = "redis";
    public const string Update = "update";

    /// <summary>The bare group commit.</summary>
    public const string Limit = "limit";

    public static readonly string[] Matches = ["echo", MatchCatalog.Check, MatchCatalog.Deny, MatchCatalog.Settle, MatchCatalog.Post, MatchCatalog.Batch];
    public static readonly string[] AllParts = [.. Matches[1..], Open, Allocation, Memory, Ended, Collector, Silos, Start];
    public static readonly string[] AllStores = [Workspace.Sqlite, Workspace.Postgres];
    public static readonly string[] AllRivals = [Redis, Update, Limit];

    public IReadOnlyList<string> Parts { get; init; } = AllParts;

    public IReadOnlyList<string> Stores { get; init; } = AllStores;

    public IReadOnlyList<string> Rivals { get; init; } = AllRivals;

    /// <summary>Of one measured window.</summary>
    public TimeSpan Length { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Windows of each load, one in each round of its match.</summary>
    public int Runs { get; init; } = 3;

    public TimeSpan WarmUp { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// A server's first warm-up with a load of each kind. The runtime compiles what runs often anew, on a thread beside: under a post's load on two cores for its first 20 s, in which it takes a third of the
    /// processor.
    /// </summary>
    public TimeSpan Prime { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Between two measurements: what one leaves behind (roll-ups, garbage) must not be paid by the next.</summary>
    public TimeSpan Pause => WarmUp / 2;

    public int Connections { get; init; } = Sizes.Connections;

    /// <summary>Numbers of leaves whose memory is measured.</summary>
    public IReadOnlyList<int> Resident { get; init; } = Sizes.ResidentCostCenters[..2];

    public int RowsBehind { get; init; } = Sizes.RowsBehind;

    public int OpenReservations { get; init; } = Sizes.OpenReservations;

    public int EndedReservations { get; init; } = Sizes.EndedReservations;

    /// <summary>Of the part <see cref="SoakPart"/>.</summary>
    public TimeSpan Soak { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>Short of what a published report needs.</summary>
    public bool IsQuick { get; init; }

    /// <summary>For the report and its plots.</summary>
    public string? OutFolder { get; init; }

    public string? JsonFile { get; init; }

    /// <summary>Prose of people, put into the report as it is.</summary>
    public string? NotesFile { get; init; }

    /// <summary>How the figures came about; put into the report as it is.</summary>
    public string? MethodFile { get; init; }

    /// <summary>Tables of the micro-benchmarks, put into the report as they are.</summary>
    public string? MicroFile { get; init; }

    /// <summary>Other builds of the engine, to compare this one with.</summary>
    public OtherEngine[] Others { get; init; } = [];

    /// <summary>The program of a contestant; null: the one that was built with this program.</summary>
    public string? ProgramOf(string engine) => OtherOf(engine)?.Program;

    /// <summary>Each build has stores of its own: what the name of a contestant's ends in.</summary>
    public string SuffixOf(string engine) => OtherOf(engine) is { } other ? $"_{Array.IndexOf(Others, other)}" : "";

    private OtherEngine? OtherOf(string engine) => Array.Find(Others, o => Contestants.Of(o).Contains(engine));

    /// <summary>What is measured; told by the script.</summary>
    public string Commit { get; init; } = "unknown";

    /// <summary>As people would type it; told by the script.</summary>
    public string CommandLine { get; init; } = "./bench.sh";

    private static readonly TimeSpan Quick = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan QuickSoak = TimeSpan.FromSeconds(10);

    public bool Has(string part) => Parts.Contains(part);

    /// <exception cref="ArgumentException">With what is wrong.</exception>
    public static LoadOptions Parse(string[] args)
    {
        var options = new LoadOptions();
        for (var i = 0; i < args.Length; i++)
        {
            if (args[i] == "--quick")
            {
                options = options with
                {
                    IsQuick = true, Runs = 1, Length = Quick, WarmUp = Quick / 2, Prime = Quick, Resident = Sizes.ResidentCostCenters[..1], RowsBehind = Sizes.QuickRowsBehind,
                    OpenReservations = Sizes.QuickOpenReservations, EndedReservations = Sizes.QuickEndedReservations, Soak = QuickSoak,
                };
                continue;
            }

            if (args[i] == "--large")
            {
                options = options with { Resident = Sizes.ResidentCostCenters };
                continue;
            }

            var (name, value) = (args[i], i + 1 < args.Length ? args[++i] : throw new ArgumentException($"'{args[i]}' needs a value, or is unknown"));
            options = With(options, name, value);
        }

        return options;
    }

    private static LoadOptions With(LoadOptions options, string name, string value) => name switch
    {
        "--only" => options with { Parts = List(value, [.. AllParts, SoakPart, Dashboards, Matches[0]]) },
        "--stores" => options with { Stores = List(value, AllStores) },
        "--rivals" => options with { Rivals = List(value, AllRivals) },
        "--seconds" => options with { Length = Seconds(value) },
        "--soak" => options with { Soak = Seconds(value) },
        "--warm-up" => options with { WarmUp = Seconds(value) },
        "--prime" => options with { Prime = Seconds(value) },
        "--runs" => options with { Runs = Number(value, 1, 1_000) },
        "--connections" => options with { Connections = Number(value, 1, 10_000) },
        "--out" => options with { OutFolder = value },
        "--notes" => options with { NotesFile = value },
        "--method" => options with { MethodFile = value },
        "--micro-table" => options with { MicroFile = value },
        "--engine" => options with { Others = [.. options.Others, OtherEngine.Parse(value)] },
        "--command" => options with { CommandLine = value },
        "--json" => options with { JsonFile = value },
        "--commit" => options with { Commit = value },
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
