using System.CommandLine;

namespace BudgetEngine.Cli.Commands;

/// <summary><c>budget completions</c>: a script for the shell, which asks the program itself what may follow.</summary>
internal static class CompletionsCommand
{
    private const string Bash =
        """
        _budget() { local IFS=$'\n'; COMPREPLY=($(compgen -W "$(budget "[suggest:$COMP_POINT]" "$COMP_LINE" 2>/dev/null)" -- "${COMP_WORDS[COMP_CWORD]}")); }
        complete -o default -F _budget budget
        """;

    private const string Zsh =
        """
        #compdef budget
        _budget() { local -a found; found=("${(@f)$(budget "[suggest:$CURSOR]" "$BUFFER" 2>/dev/null)}"); compadd -- $found; }
        compdef _budget budget
        """;

    private const string Fish =
        """
        complete -c budget -f -a '(set -l line (commandline -cp); budget "[suggest:"(string length -- "$line")"]" "$line" 2>/dev/null)'
        """;

    public static Command Create(CommandLine line)
    {
        var shell = new Argument<string>("shell") { Description = "bash, zsh or fish." };
        shell.AcceptOnlyFromAmong("bash", "zsh", "fish");
        var command = new Command("completions", "Prints a script for the shell: eval \"$(budget completions bash)\".") { shell };
        CommandLine.OnRunWithoutEngine(command, parsed => line.Output.WriteLine(parsed.GetValue(shell) switch { "bash" => Bash, "zsh" => Zsh, _ => Fish }));
        return command;
    }
}
