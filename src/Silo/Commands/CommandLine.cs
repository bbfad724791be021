using System.CommandLine;
using System.CommandLine.Invocation;
using BudgetEngine.Silo.Configuration;
using BudgetEngine.Silo.Hosting;

namespace BudgetEngine.Silo.Commands;

/// <summary>
/// The verbs of the program. An option with a short name is configuration too, and any setting can be given as <c>--Section:Key=VALUE</c>; the host judges
/// those, by <see cref="Settings"/>.
/// </summary>
internal static class CommandLine
{
    private const int FailedStart = 1;
    private const int UsageFault = 2;

    private static readonly Option<string> _urls = Text("--urls", "URL", "Where to listen. Default http://127.0.0.1:8080 with ./run.sh.");
    private static readonly Option<string> _data = Text("--data", "DIR", "The folder of a ledger in SQLite. Default ./data.");
    private static readonly Option<string> _postgres = Text("--postgres", "CONNECTION_STRING", "A ledger in PostgreSQL instead.");
    private static readonly Option<string> _toPostgres = Text("--to-postgres", "CONNECTION_STRING", "Into this database, which must be empty.");
    private static readonly Option<string> _toData = Text("--to-data", "DIR", "Into this folder, which must be empty.");
    private static readonly Option<bool> _demo = Flag("--demo", "Fill sample tenants with two months of history and play their traffic, through the public API.");
    private static readonly Option<bool> _gateway = Flag("--gateway", "Serve the gateway before the providers too: Gateway:Upstreams says which.");
    private static readonly Option<bool> _admin = Flag("--admin", "With all rights on the whole installation.");
    private static readonly Option<TimeSpan> _overlap = new("--overlap")
    {
        HelpName = "TIME", Description = "How long ids of earlier keys are still believed, such as 12h or 90d. Default 90d.", DefaultValueFactory = _ => SigningKeyCommand.DefaultOverlap,
        CustomParser = static result =>
        {
            if (Durations.TryParse(result.Tokens[0].Value, out var overlap)) return overlap;
            result.AddError($"'--overlap' is '{result.Tokens[0].Value}'; {Durations.Examples}");
            return default;
        },
    };

    private static readonly Argument<string[]> _settings = Settings();

    /// <summary>Response files (<c>@file</c>) are off: a value may begin with an at sign.</summary>
    private static readonly ParserConfiguration _parsing = new() { ResponseFileTokenReplacer = null, EnablePosixBundling = false };

    /// <summary>The host stops in its own time, and failures are told here.</summary>
    private static readonly InvocationConfiguration _running = new() { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };

    /// <summary>Runs the verb until it ends or is stopped: 0. A wrong command line is told with the usage: 2. A failure to start is one line on standard error: 1.</summary>
    public static async Task<int> RunAsync(string[] args)
    {
        var root = Root();
        var words = args is ["help", .. var about] ? ["--help", .. about] : args;
        var parsed = root.Parse(words, _parsing);
        if (parsed.Action is ParseErrorAction)
        {
            foreach (var fault in parsed.Errors) await Console.Error.WriteLineAsync($"budgetengine: {fault.Message}");
            // First, since after an option that lacks its value it would be taken for that.
            await root.Parse(["--help", .. words], _parsing).InvokeAsync(new InvocationConfiguration { Output = Console.Error });
            return UsageFault;
        }

        try
        {
            return await parsed.InvokeAsync(_running);
        }
        catch (Exception failed) when (StartFailure.TryExplain(failed, out var explanation))
        {
            await Console.Error.WriteLineAsync($"budgetengine: {explanation}");
            return FailedStart;
        }
    }

    private static RootCommand Root()
    {
        var root = new RootCommand("Budget limits for LLM calls. Without a verb it serves. Any setting of docs/operations.md can be given too, as --Section:Key=VALUE.") { _urls, _data, _postgres, _demo, _gateway, _settings };
        root.SetAction(ServeAsync);
        var serve = new Command("serve", "One silo with the API: a process alone, or one of a cluster.") { _urls, _data, _postgres, _demo, _gateway, _settings };
        serve.SetAction(ServeAsync);
        var api = new Command("api", "The API by itself, a stateless client of a cluster: needs --Cluster:Membership=postgres.") { _urls, _postgres, _settings };
        api.SetAction((parsed, _) => BudgetHost.RunAsync(ConfigurationOf(parsed), ClusterRole.Client));
        var gateway = new Command("gateway", "The gateway by itself, before an engine elsewhere: needs --Gateway:Engine=URL.") { _urls, _settings };
        gateway.SetAction((parsed, _) => GatewayHost.RunAsync(ConfigurationOf(parsed)));
        var ship = new Command("ship", "Settles what a gateway's access log says: needs --Ship:File=PATH and --Ship:Engine=URL.") { _settings };
        ship.SetAction((parsed, _) => ShipCommand.RunAsync(ConfigurationOf(parsed)));
        var migrate = new Command("migrate", "Brings the ledger's schema up to date.") { _data, _postgres, _settings };
        migrate.SetAction((parsed, _) => MigrateCommand.RunAsync(ConfigurationOf(parsed)));
        var create = new Command("create", "Makes a key and prints it, once.") { _admin, _data, _postgres, _settings };
        create.Validators.Add(static result =>
        {
            if (!result.GetValue(_admin)) result.AddError("'keys create' makes an admin key: say --admin");
        });
        create.SetAction((parsed, _) => KeyCommand.RunAsync(ConfigurationOf(parsed)));
        var rotate = new Command("rotate", "Makes a new key that signs reservation ids a minute from now.") { _overlap, _data, _postgres, _settings };
        rotate.SetAction((parsed, _) => SigningKeyCommand.RunAsync(ConfigurationOf(parsed), parsed.GetValue(_overlap)));
        rotate.Validators.Add(static result =>
        {
            if (result.GetValue(_overlap) < TimeSpan.Zero) result.AddError("'--overlap' must not be negative");
        });
        var copy = new Command("copy", "Copies a whole ledger to the other kind of store, while no engine runs on either.") { _toPostgres, _toData, _data, _postgres, _settings };
        copy.Validators.Add(static result =>
        {
            if (result.GetValue(_toPostgres) is null == result.GetValue(_toData) is null) result.AddError("say where to: '--to-postgres' (from SQLite) or '--to-data' (from PostgreSQL)");
            else if (result.GetValue(_toData) is not null && result.GetValue(_postgres) is null) result.AddError("'--to-data' copies from PostgreSQL: say '--postgres'");
        });
        copy.SetAction((parsed, cancellationToken) => CopyCommand.RunAsync(ConfigurationOf(parsed), parsed.GetValue(_toPostgres), parsed.GetValue(_toData), cancellationToken));
        var (keys, signingKeys) = (new Command("keys", "Keys of the API, made where the ledger is.") { create }, new Command("signing-keys", "Keys that sign reservation ids.") { rotate });
        foreach (var verb in (Command[])[serve, api, gateway, ship, migrate, copy, keys, signingKeys]) root.Add(verb);
        return root;
    }

    private static Task<int> ServeAsync(ParseResult parsed, CancellationToken cancellationToken) =>
        BudgetHost.RunAsync(ConfigurationOf(parsed), ClusterRole.Silo, parsed.GetValue(_demo));

    /// <summary>As the configuration reads it from a command line.</summary>
    private static string[] ConfigurationOf(ParseResult parsed)
    {
        (string Key, string? Value)[] named =
        [
            ("urls", parsed.GetValue(_urls)), ("Ledger:DataDirectory", parsed.GetValue(_data)), ("Ledger:Postgres", parsed.GetValue(_postgres)),
            ("Gateway:Enabled", parsed.GetValue(_gateway) ? "true" : null),
            // The demo's channel leads to a receiver in the same process. A setting by hand comes later, and wins.
            ("Alerts:AllowPrivateAddresses", parsed.GetValue(_demo) ? "true" : null),
        ];
        return [.. named.Where(o => o.Value is not null).Select(o => $"--{o.Key}={o.Value}"), .. parsed.GetValue(_settings) ?? []];
    }

    /// <summary>Such as <c>api --data=DIR</c>: as a setting it would mean nothing.</summary>
    private static bool IsOfAnotherVerb(string word) => ((Option[])[_urls, _data, _postgres, _demo, _gateway, _admin]).Any(o => word.StartsWith(o.Name + '=', StringComparison.Ordinal));

    private static Option<string> Text(string name, string value, string description) => new(name) { HelpName = value, Description = description };

    private static Option<bool> Flag(string name, string description) => new(name) { Arity = ArgumentArity.Zero, Description = description };

    /// <summary>Whatever is no verb and no option: must be a setting.</summary>
    private static Argument<string[]> Settings()
    {
        var settings = new Argument<string[]>("settings") { Arity = ArgumentArity.ZeroOrMore, Hidden = true };
        settings.Validators.Add(static result =>
        {
            foreach (var word in result.Tokens.Select(t => t.Value))
            {
                if (!word.StartsWith("--", StringComparison.Ordinal) || !word.Contains('=') || IsOfAnotherVerb(word)) result.AddError($"unknown or incomplete option '{word}'");
            }
        });
        return settings;
    }
}
