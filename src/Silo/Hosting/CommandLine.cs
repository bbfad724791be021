using BudgetEngine.Api;
using BudgetEngine.Ledger;

namespace BudgetEngine.Silo;

internal enum CommandVerb
{
    Run,
    CreateKey,
    Migrate,
    Help,
}

/// <summary>What the command line asks for. Options have short names here and are configuration below.</summary>
internal sealed record CommandLine(CommandVerb Verb, string[] Configuration, bool Demo)
{
    public const string Usage = """
        usage: run.sh [--urls URL] [--data DIR] [--postgres CONNECTION_STRING] [--demo] [--no-build] [--Section:Key=VALUE ...]
               run.sh keys create --admin [--data DIR] [--postgres CONNECTION_STRING]
               run.sh migrate [--data DIR] [--postgres CONNECTION_STRING]
        """;

    /// <summary>Null after an error, which has been told on standard error.</summary>
    public static CommandLine? Parse(string[] args)
    {
        if (HelpRequest.IsIn(args)) return new CommandLine(CommandVerb.Help, [], false);
        var configuration = new List<string>();
        var (verb, rest) = VerbOf(args);
        var (demo, admin) = (false, false);
        for (var i = 0; i < rest.Length; i++)
        {
            var name = rest[i];
            if (name == "--demo") demo = true;
            else if (name == "--admin") admin = true;
            else if (name.StartsWith("--", StringComparison.Ordinal) && name.Contains('=')) configuration.Add(name);
            else if (KeyOf(name) is { } key && i + 1 < rest.Length) configuration.Add($"--{key}={rest[++i]}");
            else return Fail($"unknown or incomplete option '{name}'");
        }

        if (verb == CommandVerb.CreateKey && !admin) return Fail("'keys create' makes an admin key: say --admin");
        return new CommandLine(verb, [.. configuration], demo);
    }

    /// <summary>Where the ledger is, for verbs that are done without the host.</summary>
    public LedgerOptions ReadLedger()
    {
        var configuration = new ConfigurationBuilder().AddEnvironmentVariables().AddCommandLine(Configuration).Build();
        Settings.Check(configuration);
        return configuration.GetSection(LedgerOptions.Section).Get<LedgerOptions>() ?? new LedgerOptions();
    }

    private static (CommandVerb Verb, string[] Options) VerbOf(string[] args) => args switch
    {
        ["keys", "create", ..] => (CommandVerb.CreateKey, args[2..]),
        ["migrate", ..] => (CommandVerb.Migrate, args[1..]),
        _ => (CommandVerb.Run, args),
    };

    private static string? KeyOf(string name) => name switch
    {
        "--urls" => "urls",
        "--data" => "Ledger:DataDirectory",
        "--postgres" => "Ledger:Postgres",
        _ => null,
    };

    private static CommandLine? Fail(string fault)
    {
        Console.Error.WriteLine($"budgetengine: {fault}");
        Console.Error.WriteLine(Usage);
        return null;
    }
}
