using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using BudgetEngine.Cli.Commands;
using BudgetEngine.Cli.Configuration;
using BudgetEngine.Cli.Engine;
using BudgetEngine.Cli.Output;

namespace BudgetEngine.Cli;

/// <summary>The program <c>budget</c>: its commands, and what is common to them.</summary>
public sealed class CommandLine(Surroundings surroundings)
{
    /// <summary>Done; of a check: allowed.</summary>
    public const int Done = 0;

    public const int Failed = 1;

    /// <summary>A check was denied; an invoice and the ledger differ.</summary>
    public const int Denied = 2;

    private readonly Option<string> _url = new("--url") { HelpName = "URL", Description = "Where the engine is. Else BUDGET_URL, the file, http://127.0.0.1:8080.", Recursive = true };
    private readonly Option<string> _keyFile = new("--key-file") { HelpName = "FILE", Description = "A file that holds the key. Else BUDGET_KEY, the file ~/.config/budget/config.json.", Recursive = true };
    private readonly Option<bool> _json = new("--json") { Description = "Exactly what the engine says, for programs.", Recursive = true };
    private readonly Option<bool> _noColor = new("--no-color") { Description = "No colours; so does NO_COLOR.", Recursive = true };

    /// <summary>Runs one command. Faults are lines on the error output.</summary>
    public async Task<int> RunAsync(string[] args)
    {
        var parsed = Root().Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Action is ParseErrorAction)
        {
            foreach (var fault in parsed.Errors) await surroundings.Errors.WriteLineAsync($"budget: {fault.Message}");
            await surroundings.Errors.WriteLineAsync($"'{string.Join(' ', [.. Names(parsed.CommandResult), "--help"])}' says what there is.");
            return Failed;
        }

        try
        {
            return await parsed.InvokeAsync(new InvocationConfiguration { Output = surroundings.Output, Error = surroundings.Errors, EnableDefaultExceptionHandler = false });
        }
        catch (CommandFault fault)
        {
            foreach (var line in fault.Faults) await surroundings.Errors.WriteLineAsync($"budget: {line}");
            return Failed;
        }
        catch (OperationCanceledException)
        {
            return Failed;
        }
    }

    private RootCommand Root()
    {
        var root = new RootCommand("Budgets of LLM calls: what is left, who spends, and why a call would be denied. Ends with 0; 2 for a denied check or an invoice that differs; 1 for a fault.") { _url, _keyFile, _json, _noColor };
        Command[] commands =
        [
            StatusCommand.Create(this), TopCommand.Create(this), CheckCommand.Create(this), SetCommand.Create(this), .. PauseCommands.Create(this), .. MoveCommands.Create(this), IncreaseCommand.Create(this),
            UsageCommand.Create(this), DenialsCommand.Create(this), HoldsCommand.Create(this), PausesCommand.Create(this), SchedulesCommand.Create(this), AuditCommand.Create(this), TailCommand.Create(this), ExportCommand.Create(this), ImportCommand.Create(this), PriceCommands.Create(this), ReconcileCommand.Create(this), KeyCommands.Create(this),
            .. SetupCommands.Create(this), DoctorCommand.Create(this), CompletionsCommand.Create(this),
        ];
        foreach (var command in commands) root.Add(command);
        return root;
    }

    /// <summary>What a command does, with the engine and the screen of this run.</summary>
    internal void OnRun(Command command, Func<Run, Task<int>> action) => command.SetAction(async (parsed, cancellationToken) =>
    {
        var screen = new Screen(surroundings, parsed.GetValue(_json), parsed.GetValue(_noColor));
        using var engine = new EngineApi(Connection.Read(parsed.GetValue(_url), parsed.GetValue(_keyFile), surroundings.Variables));
        return await action(new Run(parsed, engine, screen, surroundings, cancellationToken));
    });

    internal static void OnRunWithoutEngine(Command command, Action<ParseResult> action) => command.SetAction(parsed =>
    {
        action(parsed);
        return Done;
    });

    internal TextWriter Output => surroundings.Output;

    private static IEnumerable<string> Names(CommandResult? result)
    {
        var names = new List<string>();
        for (var r = result; r is not null; r = r.Parent as CommandResult) names.Insert(0, r.Command is RootCommand ? "budget" : r.Command.Name);
        return names;
    }
}
